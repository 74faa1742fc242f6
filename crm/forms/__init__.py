"""Forms of records: their fields, what is read from them, how they are drawn."""
