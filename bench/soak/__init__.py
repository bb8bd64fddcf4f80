"""A bot at work for a long time in a bad world: whether anything grows, and whether each record is accounted for."""
