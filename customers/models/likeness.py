"""Whether two names of firms are alike, and what two that are alike have in common."""

import re
from functools import cached_property
from math import ceil

from crm.chinese.folding import same_name
from crm.chinese.likeness import SIMILAR, grams_of, likeness
from crm.chinese.pinyin import pinyin

_LEGAL = re.compile(
    r"(?:股份|有限|责任|集团|控股|总)*(?:公司|合伙企业|合作社|事务所)"
    r"|股份有限|有限责任|(?:普通|有限)合伙|集团$|(?:总|分)公司|个人独资企业"
)
#: Words that say what a firm does, not which one it is.
_GENERIC = re.compile(
    r"科技|技术|信息|网络|软件|电子|工程|建筑|建设|建材|装饰|机械|设备|制造|实业|工业"
    r"|商贸|贸易|经贸|进出口|国际|投资|发展|开发|管理|咨询|服务|文化|传媒|广告|物流"
    r"|运输|食品|农业|生物|医药|医疗|化工|能源|电力|环保|汽车|房地产|置业|酒店|餐饮"
)
_REGION = re.compile(
    r"中国|(?:北京|上海|天津|重庆)市?|(?:广东|江苏|浙江|山东|河南|河北|四川|湖北|湖南"
    r"|安徽|福建|江西|辽宁|吉林|黑龙江|山西|陕西|云南|贵州|甘肃|海南|青海)省?"
    r"|[\u4e00-\u9fff]{2,3}(?:省|市|自治区|自治州)"
)


class Key:
    """What is compared of a name: the folded core, and how it sounds."""

    def __init__(self, name):
        """Take the name as it is written."""
        self.name = same_name(name)

    @cached_property
    def sound(self):
        """The core in pinyin."""
        return pinyin(self.name)

    def is_like(self, other):
        """Say whether two names are near-equal, or sound the same."""
        return likeness(self.name, other.name) >= SIMILAR or self.sound == other.sound


def stem(name):
    """Return the longest piece of a name that is its own: 华夏 of 北京华夏科技."""
    plain = same_name(name)
    for pattern in (_LEGAL, _REGION, _GENERIC):
        plain = pattern.sub(" ", plain)
    longest = max(plain.split(), key=len, default="")
    return longest if len(longest) > 1 else same_name(name)


def one_of(name, own):
    """Return grams of which a name like this one has some beside a part of it.

    Too few may be missing for a name like it to have none of them. Empty if the part
    is so much of the name that it may have no more.
    """
    grams = list(dict.fromkeys(grams_of(name)))
    rest = [gram for gram in grams if gram not in own]
    # Dice's share can be no larger than that of a name which has no other grams.
    missing = len(grams) - ceil(len(grams) * SIMILAR / (2 - SIMILAR))
    if missing >= len(rest):
        return []
    place = name.find(own)
    if place >= 0:  # those at the edges of the part are rarer than those of trades
        rest.sort(key=lambda gram: _apart(name.find(gram), place, len(own)))
    return rest[: missing + 1]


def _apart(gram, place, length):
    """Return how far from a part of a name a gram begins."""
    return place - gram if gram < place else gram - (place + length - 1)
