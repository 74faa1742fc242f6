"""Reading feeds of other sites: whom one may ask, what they say, what is kept of it."""
