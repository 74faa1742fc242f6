"""Lists of records: conditions, columns, orders, what was found by what."""
