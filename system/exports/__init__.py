"""Export of exactly the rows that a list shows, as XLSX or CSV."""
