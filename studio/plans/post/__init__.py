"""The command post (应急指挥): who does what while plans run."""
