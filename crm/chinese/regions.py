"""The regions of China (GB/T 2260), and which of them an address names.

regions.json is the list as published, see regions.md; what it lacks (Hong
Kong, Macao, Taiwan) is added here, and what is no region is left out.
"""

import functools
import json
import re
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("regions.json")

PROVINCE, CITY, DISTRICT = 1, 2, 3

#: Not under GB/T 2260's statistical list, yet regions that customers live in.
SPECIAL = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}

#: Levels that exist only on paper: 北京市 → 市辖区 → 东城区.
PAPER = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

#: Development zones carry such codes in statistics; they are no regions.
ZONES = range(71, 80)

#: Names that are still written, and the short codes of today's regions.
FORMER = {
    "中甸": "533401",
    "潞西": "533103",
    "襄樊": "4206",
    "宣武区": "110102",
    "崇文区": "110101",
    "闸北区": "310106",
    "卢湾区": "310101",
    "下城区": "330105",
    "江干区": "330102",
}

#: An address says where it is at its beginning; what follows is only read slowly.
LONGEST_ADDRESS = 200

_NATIONS = (
    "壮族|回族|维吾尔|哈尼族|彝族|傣族|白族|苗族|布依族|侗族|藏族|羌族|土家族|朝鲜族|"
    "哈萨克族?|蒙古族?|柯尔克孜|傈僳族|景颇族|拉祜族|佤族|布朗族|纳西族|独龙族|怒族|"
    "普米族|瑶族|黎族|满族|水族|仡佬族|畲族|土族|撒拉族|保安族|东乡族|裕固族|毛南族|"
    "仫佬族|锡伯族?|塔吉克|达斡尔族|各族|族"
)
_FORMAL = re.compile(
    rf"\A(?P<short>.{{2,9}}?)(?:{_NATIONS}){{0,5}}"
    r"(?P<kind>特别行政区|自治区|自治州|自治县|自治旗|行政委员会|地区|林区|特区|新区|"
    r"省|市|盟|州|区|县|旗)"
)
#: What may follow a short name instead of the formal end: 新平县, 红河州.
_KIND = re.compile("地区|[省市州区县旗盟]")

#: What makes a street or a village of a short name: 北京路, 红塔大道.
_PLACE_WITHIN = re.compile(
    "[东西南北中前后]?[一二三四五六七八九十]?[路街道巷弄里桥镇乡村寨]|大[道街桥]"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


class Row(NamedTuple):
    """One region, as the table of regions holds it."""

    code: str
    name: str
    parent_code: str | None
    level: int
    full_name: str


class Name(NamedTuple):
    """One way to write the name of some regions, given by their short codes."""

    text: str
    formal: bool
    codes: tuple[str, ...]


def listed():
    """Yield all regions, parents before their children."""
    names = {}
    for code, name, parent in sorted(_published()):
        names[code] = names.get(parent, "") + name
        yield Row(
            code=_whole(code),
            name=name,
            parent_code=_whole(parent) if parent else None,
            level=len(code) // 2,
            full_name=names[code],
        )


def find(text):
    """Return the code of the smallest region that an address names, or None.

    Names may be short (云南 临沧), levels may be missing, and 州 or 县 may stand
    for the full title. What fits several regions alike (朝阳区) is not guessed.
    """
    text = text[:LONGEST_ADDRESS]
    here, end, place = "", 0, 0
    while place < len(text) - 1 and len(here) < 2 * DISTRICT:
        found = _read(text, place, here, adjoining=_adjoins(text, place, end))
        if found:
            here, end = found
            place = end
        else:
            place += 1
    return _whole(here) if here else None


def _published():
    """Yield (short code, name, short code of the parent) of real regions."""
    for code, name in SPECIAL.items():
        yield code, name, ""
    for province in json.loads(SOURCE.read_text(encoding="utf-8")):
        yield province["code"], province["name"], ""
        for city in province["children"]:
            on_paper = city["name"] in PAPER
            if not on_paper:
                yield city["code"], city["name"], province["code"]
            parent = province["code"] if on_paper else city["code"]
            for district in city["children"]:
                if _is_district(district, city):
                    yield district["code"], district["name"], parent


def _is_district(district, city):
    """Leave out zones, and the towns that stand below a city without districts."""
    code = district["code"]
    return (
        len(code) == 2 * DISTRICT
        and district["name"] != city["name"]
        and district["name"] not in PAPER
        and int(code[4:]) not in ZONES
    )


def _whole(code):
    return code.ljust(2 * DISTRICT, "0")


def _adjoins(text, place, end):
    """Say whether a name here follows the last one, a sign, a blank or 中国."""
    return place == end or text[place - 1] == "国" or not _HAN.match(text[place - 1])


def _read(text, place, here, *, adjoining):
    """Return (short code, end) of the region below `here` named at this place."""
    for name in _index().get(text[place : place + 2], ()):
        below = [code for code in name.codes if code.startswith(here) and code != here]
        if not below or not text.startswith(name.text, place):
            continue
        code, end = _single(below), place + len(name.text)
        if name.formal:
            if code is None or adjoining or len(name.text) > 2:
                return code and (code, end)
        elif kind := _KIND.match(text, end):
            return code and (code, kind.end())
        elif code and adjoining and not _street(text, end, code):
            return code, end
    return None


def _street(text, end, code):
    """Say whether a short name belongs to a street, and not to 镇雄 after 云南."""
    return _PLACE_WITHIN.match(text, end) and not _read(text, end, code, adjoining=True)


def _single(codes):
    """Return the one code of the highest level, or None if there are several."""
    highest, *others = sorted(codes, key=len)
    return None if others and len(others[0]) == len(highest) else highest


@functools.cache
def _index():
    """Return all names by their first two characters, the longest first."""
    named = {}
    for row in listed():
        code = row.code[: 2 * row.level]
        named.setdefault((row.name, True), []).append(code)
        if match := _FORMAL.fullmatch(row.name):
            named.setdefault((match["short"], False), []).append(code)
            popular = match["short"] + match["kind"][-1]
            if popular != row.name:
                named.setdefault((popular, True), []).append(code)
    for name, code in FORMER.items():
        named.setdefault((name, name.endswith("区")), []).append(code)
    index = {}
    for (text, formal), codes in sorted(
        named.items(), key=lambda item: -len(item[0][0])
    ):
        index.setdefault(text[:2], []).append(Name(text, formal, tuple(codes)))
    return index
