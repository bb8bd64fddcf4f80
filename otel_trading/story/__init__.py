"""From the records of a store to the story of one order. Pure: no terminal, no SDK, no writing."""
