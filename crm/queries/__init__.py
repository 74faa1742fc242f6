"""What the SQL of pages is made of: search, figures, pages, prepared queries."""
