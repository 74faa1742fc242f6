"""Demo data: an invented maker of meters and its customers, entered by its people."""
