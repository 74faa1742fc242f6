"""What papers are called, for rows that know their slugs alone."""

#: {slug: label} of all papers that were declared, as far as they are loaded.
_declared = {}


def declare(slug, label):
    """Note what a paper is called."""
    _declared[slug] = label


def slugs():
    """Return [(slug, label)] of the declared papers: the choices of a column."""
    return list(_declared.items())
