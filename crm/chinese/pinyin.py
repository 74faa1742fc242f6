"""Names as they are typed without an input method: 华为 → huawei and hw.

People look for a customer or a colleague by full pinyin or by its initials,
so both are stored beside the name (`crm.chinese.folding.spoken`).
"""

import functools
import importlib
import re

from crm.text import normalise

_HAN = r"\u3007\u3400-\u9fff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")

#: Surnames whose reading differs from the character's usual one, and those of
#: two characters, which must not be taken apart.
SURNAMES = {
    "万俟": "mo qi",
    "上官": "shang guan",
    "东方": "dong fang",
    "乐正": "yue zheng",
    "令狐": "ling hu",
    "公孙": "gong sun",
    "单于": "chan yu",
    "南宫": "nan gong",
    "司徒": "si tu",
    "司空": "si kong",
    "司马": "si ma",
    "呼延": "hu yan",
    "單于": "chan yu",
    "夏侯": "xia hou",
    "太史": "tai shi",
    "夹谷": "jia gu",
    "宇文": "yu wen",
    "完颜": "wan yan",
    "宰父": "zai fu",
    "尉迟": "yu chi",
    "尉遲": "yu chi",
    "慕容": "mu rong",
    "拓跋": "tuo ba",
    "欧阳": "ou yang",
    "歐陽": "ou yang",
    "澹台": "tan tai",
    "澹臺": "tan tai",
    "独孤": "du gu",
    "申屠": "shen tu",
    "百里": "bai li",
    "皇甫": "huang fu",
    "端木": "duan mu",
    "第五": "di wu",
    "西门": "xi men",
    "诸葛": "zhu ge",
    "谷梁": "gu liang",
    "贺兰": "he lan",
    "赫连": "he lian",
    "轩辕": "xuan yuan",
    "钟离": "zhong li",
    "長孫": "zhang sun",
    "长孙": "zhang sun",
    "闾丘": "lv qiu",
    "鲜于": "xian yu",
    "么": "yao",
    "乐": "yue",
    "乜": "nie",
    "仇": "qiu",
    "佴": "nai",
    "勒": "le",
    "区": "ou",
    "區": "ou",
    "单": "shan",
    "卜": "bu",
    "句": "gou",
    "召": "shao",
    "员": "yun",
    "員": "yun",
    "單": "shan",
    "折": "she",
    "曾": "zeng",
    "朴": "piao",
    "查": "zha",
    "樂": "yue",
    "洗": "xian",
    "炅": "gui",
    "盖": "ge",
    "祭": "zhai",
    "种": "chong",
    "秘": "bi",
    "粘": "nian",
    "繆": "miao",
    "缪": "miao",
    "翟": "zhai",
    "能": "nai",
    "蓋": "ge",
    "薄": "bo",
    "藏": "zang",
    "覃": "qin",
    "解": "xie",
    "郇": "xun",
    "都": "du",
    "阚": "kan",
    "隗": "wei",
    "黑": "he",
}

#: Words whose syllables are remembered, a megabyte or two.
WORDS_KEPT = 8192

#: Characters whose reading in today's names is not the first of the dictionaries.
NAME_READINGS = {"晟": "sheng"}


def pinyin(text, *, person=False):
    """Return full pinyin without blanks; letters and digits stay, in lower case.

    `person` reads the beginning as a surname: 单伟 is shanwei, not danwei.
    """
    return "".join(syllables(text, person=person))


def initials(text, *, person=False):
    """Return the first letter of each character; letters and digits stay whole."""
    return first_letters(syllables(text, person=person))


def searchable(text, *, person=False):
    """Return "full initials", the text that searches look in."""
    readings = syllables(text, person=person)
    return f"{''.join(readings)} {first_letters(readings)}".strip()


class Syllable(str):
    """The reading of one Chinese `sign`, apart from a word in letters."""

    def __new__(cls, reading, sign):
        """Take the reading and the character that is read so."""
        syllable = super().__new__(cls, reading)
        syllable.sign = sign
        return syllable


def first_letters(readings):
    """Return the initials of what `syllables` gives."""
    return "".join(
        reading[0] if isinstance(reading, Syllable) else reading for reading in readings
    )


def syllables(text, *, person=False):
    """Return syllables of Chinese runs, and runs of other letters as they are."""
    readings = []
    for run in _RUNS.findall(normalise(text, "NFKC").lower()):
        if not _IS_HAN.match(run):
            readings.append(run)
        elif person and not readings:
            readings += _person(run)
        else:
            readings += _chinese(run)
    return readings


def _person(name):
    """Read the surname by itself: a given name may make another word of it (柏林)."""
    surname = name[:2] if name[:2] in SURNAMES else name[:1]
    known = SURNAMES.get(surname)
    read = map(Syllable, known.split(), surname) if known else _chinese(surname)
    return [*read, *_chinese(name[len(surname) :])]


def _chinese(run):
    readings = []
    for word in _library().seg.simpleseg.seg(run):
        readings += _word(word)
    return readings


@functools.lru_cache(WORDS_KEPT)
def _word(word):
    """Return the syllables of a word; names share most of theirs (有限公司)."""
    readings = _library().lazy_pinyin(word)
    if len(readings) != len(word):
        # Rare characters without a reading come back glued together.
        readings = [_library().lazy_pinyin(char)[0] for char in word]
    return tuple(
        Syllable(NAME_READINGS.get(char, reading), char)
        for char, reading in zip(word, readings, strict=True)
    )


@functools.cache
def _library():
    """Load pypinyin when the first name is read, not with the program.

    Its phrases take 55 MB and a sixth of a second, which a command or a
    process that saves no name should not pay.
    """
    return importlib.import_module("pypinyin")
