"""登记箱: what is reported and not yet registered, of every kind."""
