"""What somebody pastes – a message, a signature, a card, a licence – split into facts.

Pure functions: `read` takes a text and says what it found, what it found besides and
what it did not understand. It guesses nothing that has no shape of its own, and takes
a time that grows with the length of the text only.
"""

from crm.chinese.pasting.pasted import Pasted
from crm.chinese.pasting.reading import read

__all__ = ("Pasted", "read")
