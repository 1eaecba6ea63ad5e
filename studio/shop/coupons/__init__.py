"""Coupons: booked ahead, released on a cue, never more uses than there are."""
