"""What is the same although it is written in two ways: asked by everybody.

What is stored to be searched and what is typed, names, telephones and codes of
a file, of a form and of the database are folded here and nowhere else.

`folded`, `words`, `fragments` and `Keyword` serve searching: what one writes is a part
of what is written. `same_name`, `telephones`, `code`, `email` and `website` are keys:
two writings of one thing have equal ones. `readings` are names as they are typed
without an input method.
"""

from crm.chinese.folding.marking import Keyword
from crm.chinese.folding.names import code, email, same_name, website
from crm.chinese.folding.searching import fragments, kept, sought, words
from crm.chinese.folding.spoken import readings, spoken
from crm.chinese.folding.telephones import telephone, telephones
from crm.chinese.folding.texts import folded, signs

__all__ = [
    "Keyword",
    "code",
    "email",
    "folded",
    "fragments",
    "kept",
    "readings",
    "same_name",
    "signs",
    "sought",
    "spoken",
    "telephone",
    "telephones",
    "website",
    "words",
]
