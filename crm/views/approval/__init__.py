"""The pages of approval, for every kind that has a `Flow`."""
