"""What of a firm's name is its own: without legal form, and without where it is.

北京华夏科技有限公司, 华夏科技（北京）有限公司 and 华夏科技 are written of one firm.
"""

import re
from functools import cache, lru_cache

from crm.chinese import regions
from crm.chinese.folding import folded, same_name

_PEOPLES = (
    *("哈尼族", "彝族", "白族", "傣族", "景颇族", "傈僳族", "藏族", "羌族", "布依族"),
    *("苗族", "侗族", "土家族", "回族", "壮族", "朝鲜族", "蒙古族", "蒙古", "哈萨克"),
    "柯尔克孜",
)
#: What stands behind the short name of a region.
_KIND_OF = (
    "省|市|盟|地区|特别行政区|(?:维吾尔|[回壮]族)?自治区"
    f"|(?:{'|'.join(_PEOPLES)})*自治州"
)
_KINDS = re.compile(f"(?:{_KIND_OF})$")
#: The same in the name of a firm, where people are brief.
_KIND = f"(?:{_KIND_OF}|州|区|县)?"
_IN_BRACKETS = re.compile(r"[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]")
#: Fewer signs are no name, but what is left of one.
SHORTEST = 2


@lru_cache(20_000)
def own_name(name):
    """Return (what of a name is its own, the places it names), both folded.

    A name that is nothing but a place and a legal form keeps its place.
    """
    places = set()

    def bracketed(found):
        within = folded(found[0])
        if not _only_place().fullmatch(within):
            return found[0]
        places.update(one["place"] for one in _leading_place().finditer(within))
        return ""

    core = same_name(_IN_BRACKETS.sub(bracketed, name) or name)
    while found := _leading_place().match(core):
        if len(core) - found.end() < SHORTEST:
            break
        places.add(found["place"])
        core = core[found.end() :]
    return core, frozenset(places)


@cache
def _places():
    """Return the pattern of the names of provinces and cities, long ones first."""
    names = {
        _KINDS.sub("", row.name)
        for row in regions.listed()
        if row.level < regions.DISTRICT
    }
    names = sorted((n for n in names if len(n) > 1), key=len, reverse=True)
    return "|".join(map(re.escape, ("中国", *names)))


@cache
def _leading_place():
    return re.compile(f"(?P<place>{_places()}){_KIND}")


@cache
def _only_place():
    return re.compile(f"(?:(?:{_places()}){_KIND})+")
