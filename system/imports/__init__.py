"""Import of tables: upload, mapping of columns, preview, run, report."""
