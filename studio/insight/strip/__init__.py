"""A show on one axis: figures by minute, cards, cuts and alarms; another one beside it."""
