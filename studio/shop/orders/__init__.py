"""Orders from shops: a door of their own, signed messages, booked before they are answered."""
