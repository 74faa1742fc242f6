"""A company of any size for scratch databases: what measurements run on.

The big tables are filled inside PostgreSQL (sql/), from the row's number by a hash:
the same arguments give the same rows. Triggers rest meanwhile, so the rows have no
history; derived columns are made from parts whose readings `words` computes.
"""
