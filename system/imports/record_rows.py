"""Rows of a table that are no records: sums, repeated headers, what stands at its foot.

They are passed over, counted and shown.
"""

import re

from crm.imports.headers import plain
from crm.text import normalise

#: A row that begins so holds the sums of the others.
_SUMS = re.compile(
    r"(?:本页|本表|全部)?(?:合计|总计|小计|共计|累计)(?:\s*[:：(（].*)?"
    r"|(?:grand\s*|sub\s*-?)?totals?(?:\s*:.*)?",
    re.IGNORECASE,
)
#: Who made the table and when, and on which page one is.
_FOOT = re.compile(
    r"(?:制表|填表|填报|编制|制单|审核|复核|核准|批准|打印|导出|统计|经办|截止|截至)"
    r"(?:人员?|日期|时间|单位|部门)?\s*[:：].*"
    r"|第\s*\d+\s*页.*|共\s*\d+\s*[页条行].*|(?:以下|下方)(?:空白|无内容)"
    r"|page\s+\d+(?:\s+of\s+\d+)?",
    re.IGNORECASE,
)
#: A remark below the table; in its first cell, with nothing beside it.
_REMARK = re.compile(r"(?:备注|附注|注|说明|注意|note)\s*\d?\s*[:：].*", re.IGNORECASE)
#: Blanks between two Chinese signs.
_WITHIN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def is_record(cells, headers):
    """Say whether a row is to become a record.

    Args:
        cells: of the row.
        headers: the names of the columns, none where the table names none.
    """
    filled = [cell for cell in cells if cell != ""]
    if isinstance(filled[0], str) and _SUMS.fullmatch(_spoken(filled[0])):
        return False
    if not all(isinstance(cell, str) for cell in filled):
        return True
    words = [_spoken(cell) for cell in filled]
    if all(map(_FOOT.fullmatch, words)):
        return False
    if len(words) == 1 < len(headers) and _REMARK.fullmatch(words[0]):
        return False
    return not _repeats(cells, headers)


def _spoken(cell):
    """Return a text without the blanks that print its Chinese words wide: 合 计."""
    return _WITHIN.sub("", normalise(cell, "NFKC").strip())


def _repeats(cells, headers):
    """Say whether the header stands here once more, as on each page of a print."""
    if len(list(filter(None, cells))) != len(list(filter(None, headers))):
        return False
    pairs = zip(cells, headers, strict=False)
    return any(headers) and all(plain(cell) == plain(header) for cell, header in pairs)
