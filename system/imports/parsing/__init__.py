"""What the confined child does with an uploaded table; the program only starts it.

Of the program around it, it knows the one cleaner of texts.
"""
