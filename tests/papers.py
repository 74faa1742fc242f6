"""PDFs as tests read them."""

import io

from pypdf import PdfReader


def text_of(pdf):
    """Return the text of a PDF, without blanks and line breaks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
