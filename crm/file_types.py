"""Which kinds of files are taken, and whether a content is what its name says."""

import zipfile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def begins(*starts):
    """Return a check that a file begins with one of some bytes."""
    return lambda head, tail: head.startswith(starts)


def packed(*names):
    """Return a check for a zip in which these names occur.

    Looked for as bytes at both ends, where a zip lists its members: a parser
    would have to be trusted with whatever people upload.
    """
    return lambda head, tail: (
        head.startswith(ZIP) and all(name in head + tail for name in names)
    )


def open_document(kind):
    """Return a check for an OpenDocument file of one kind."""
    mark = b"mimetypeapplication/vnd.oasis.opendocument." + kind
    return lambda head, tail: head.startswith(ZIP) and mark in head


def written(head, tail):
    """Check that a file is text: no zero bytes, unless it says it is UTF-16."""
    known = head.startswith((ZIP, OLE, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))
    return head.startswith(UTF16) or (b"\0" not in head + tail and not known)


def _riff_webp(head, tail):
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


OFFICE = "application/vnd.openxmlformats-officedocument."
OASIS = "application/vnd.oasis.opendocument."
PARTS = b"[Content_Types].xml"
#: What an Office file cannot be without.
MAIN_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
#: {extension: (content type, does the content agree)}; nothing else is taken.
KINDS = {
    "pdf": ("application/pdf", begins(b"%PDF-")),
    "doc": ("application/msword", begins(OLE)),
    "xls": ("application/vnd.ms-excel", begins(OLE)),
    "ppt": ("application/vnd.ms-powerpoint", begins(OLE)),
    "wps": ("application/vnd.ms-works", begins(OLE)),
    "docx": (f"{OFFICE}wordprocessingml.document", packed(PARTS, b"word/")),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", packed(PARTS, b"xl/")),
    "pptx": (f"{OFFICE}presentationml.presentation", packed(PARTS, b"ppt/")),
    "odt": (f"{OASIS}text", open_document(b"text")),
    "ods": (f"{OASIS}spreadsheet", open_document(b"spreadsheet")),
    "odp": (f"{OASIS}presentation", open_document(b"presentation")),
    "ofd": ("application/ofd", packed(b"OFD.xml")),
    "png": ("image/png", begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", begins(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", begins(b"\xff\xd8\xff")),
    "gif": ("image/gif", begins(b"GIF87a", b"GIF89a")),
    "bmp": ("image/bmp", begins(b"BM")),
    "tif": ("image/tiff", begins(b"II*\0", b"MM\0*")),
    "tiff": ("image/tiff", begins(b"II*\0", b"MM\0*")),
    "webp": ("image/webp", _riff_webp),
    "txt": ("text/plain", written),
    "csv": ("text/csv", written),
    "zip": ("application/zip", begins(ZIP, b"PK\x05\x06")),
}


def is_document(extension, upload):
    """Say whether an Office file has the part that makes it one, and no macros.

    Only the directory of the archive is read; nothing is unpacked.
    """
    main = MAIN_PARTS.get(extension)
    if main is None:
        return True
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            names = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    macros = any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names)
    return main in names and not macros
