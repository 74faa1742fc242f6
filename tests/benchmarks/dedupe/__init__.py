"""How well duplicates are known, by sets of rows whose answer is known."""
