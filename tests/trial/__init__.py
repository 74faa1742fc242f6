"""An app beside the program's own: a further kind that is approved, 让利."""
