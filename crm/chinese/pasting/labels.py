"""The words in front of a fact: 手机：, Tel., 统一社会信用代码."""

import re
from typing import NamedTuple

#: {fact: how it is called}; what has no field of ours is told with its own word.
WORDS = {
    "company": "公司名称 公司 单位名称 单位 企业名称 客户名称 机构名称 名称 工作单位 "
    "company organization organisation org",
    "person": "姓名 联系人 联络人 聯絡人 名字 负责人 收件人 收货人 "
    "contact_person full_name name contact attn",
    "title": "职务 职位 职称 職稱 職務 岗位 job_title position title job",
    "department": "所在部门 部门 部門 department dept",
    "mobile": "手机号码 手机号 手机 手機 移动电话 mobile_phone cell_phone mobile "
    "cellphone cell mob m",
    "phone": "联系电话 聯絡電話 联系方式 固定电话 电话号码 电话 電話 座机 固话 总机 "
    "直线 热线 telephone tel phone office direct ph t",
    "fax": "传真号码 传真 傳真 fax f",
    "email": "电子邮箱 电子邮件 邮箱 邮件 電郵 e-mail email mail e",
    "address": "通讯地址 通信地址 注册地址 收货地址 经营地址 地址 住所 主要经营场所 "
    "经营场所 营业场所 address addr add a",
    "website": "网址 網址 网站 官网 主页 website web homepage url",
    "wechat": "微信号 微信 wechat weixin",
    "credit_code": "统一社会信用代码 社会信用代码 信用代码 纳税人识别号 税号 注册号",
    "legal_representative": "法定代表人姓名 法定代表人 法人代表 法人 经营者",
    "other": "注册资本 成立日期 注册日期 营业期限 经营期限 经营范围 登记机关 核准日期 "
    "类型 开户银行 开户行 開戶行 银行账号 账号 邮政编码 邮编 qq zip postcode "
    "身份证号 身份证 性别 生日 备注 组成形式 开户行及账号 开户银行及账号",
}
#: Labels of one sign, which only a colon makes one.
SHORT = {
    "电": "phone",
    "传": "fax",
    "邮": "email",
    "手": "mobile",
    "网": "website",
    "址": "address",
    "地": "address",
}
#: So many blanks may stand within a label: 地　　址.
_GAP = "[ \t]{0,4}"
_LATIN = re.compile(r"[a-z]")


class Label(NamedTuple):
    """A label where it stands: of which fact, and where its value begins."""

    fact: str
    word: str
    start: int
    end: int


def _pattern(word):
    if _LATIN.match(word):
        return re.escape(word).replace("_", " ") + r"\.?"
    return _GAP.join(word)


def _known():
    """Return {word without blanks: fact} and the words, the longest first."""
    facts = {word: fact for fact, words in WORDS.items() for word in words.split()}
    return facts | SHORT, sorted(facts, key=len, reverse=True)


_FACTS, _ORDER = _known()
_HAN_WORDS = [word for word in _ORDER if not _LATIN.match(word)]
_CHINESE = "|".join(map(_pattern, _HAN_WORDS))
_ENGLISH = "|".join(_pattern(word) for word in _ORDER if _LATIN.match(word))
#: Whose it is: 公司传真, 我的微信.
_WHOSE = (
    "(?:公司|企业|单位|办公|联系|个人|我的"
    "|全国|统一|服务|客服|销售|售后|咨询|免费){0,3}"
)
#: A second label for the same value: 手机/微信.
_AND = rf"(?:[/、&和或](?:{_CHINESE}|{_ENGLISH}))?"
#: With a colon, or in brackets, anywhere; without at the beginning of a line, before a
#: blank or a number, as on licences and cards.
_COLON = re.compile(
    rf"(?<![^\s,;|/。、()\[\]【】<>《》*•·-]){_WHOSE}"
    rf"({_CHINESE}|[{''.join(SHORT)}]|(?<![a-z]){_ENGLISH})"
    rf"{_AND}[ \t]{{0,4}}(?:[\]】>][ \t]{{0,4}}[:：]?"
    r"|(?:\((?:[a-z]|代表)\))?[ \t]{0,4}[:：])",
    re.IGNORECASE,
)
_RUN_ON = re.compile(rf"(?<=[,;。、的])({_CHINESE})[ \t]{{0,4}}(?:[:：是为]|(?=[+\d]))")
_BARE = re.compile(
    rf"[\s*•·\[【]{{0,6}}{_WHOSE}({_CHINESE})[\]】]?(?:[ \t]{{1,8}}|(?=[+\d(]))"
    rf"|\s{{0,6}}({_ENGLISH})[ \t]{{0,4}}(?=[+\d(])",
    re.IGNORECASE,
)
#: Words of licences, which nobody uses otherwise: they need neither.
_LONG = re.compile(
    r"(?<=\s)(?:企业)?("
    + "|".join(word for word in _HAN_WORDS if len(word) > 3 or word == "地址")
    + r")[ \t]{1,8}"
)
_ALONE = re.compile(
    rf"[\s*•·\[【]{{0,6}}{_WHOSE}({_CHINESE}|{_ENGLISH})[\]】]?\s*[:：]?\s*",
    re.IGNORECASE,
)


def labels_in(line):
    """Return the labels of a line, in their order; no label stands within another."""
    found = [match for by in (_COLON, _RUN_ON, _LONG) for match in by.finditer(line)]
    if bare := _BARE.match(line):
        found.append(bare)
    made = []
    for match in sorted(found, key=lambda one: (one.start(), -one.end())):
        word = match[match.lastindex]
        start = match.start()
        if not made or start >= made[-1].end:
            made.append(Label(fact_of(word), word.strip(), start, match.end()))
    return made


def alone(line):
    """Return the Label of a line that holds nothing else, or None."""
    match = _ALONE.fullmatch(line) if len(line) < 40 else None
    if match is None or len(match[1].strip(". ")) < 2:
        return None
    return Label(fact_of(match[1]), match[1].strip(), match.start(1), match.end())


def fact_of(word):
    """Return which fact a label names."""
    plain = re.sub(r"[ \t.]", "", word.casefold())
    return (
        _FACTS.get(plain)
        or _FACTS[re.sub(r"[ \t.]+", "_", word.casefold().strip(". "))]
    )
