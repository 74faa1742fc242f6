"""What is known by its shape alone: numbers, addresses of all kinds, names, titles."""

import re

from stdnum.cn import uscc

from crm.chinese import regions
from crm.chinese.pinyin import SURNAMES

MOBILE = re.compile(
    r"(?<![\d.])(?:\(?(?:\+|00)?86\)?[-\s]?|0)?"
    r"(1[3-9]\d[-.\s]?\d{4}[-.\s]?\d{4}|1[3-9]\d\d[-.\s]\d{4}[-.\s]\d{3})(?!\d)"
)
#: An extension behind a number: 转 801, ext. 801, -801, *801, -801/802.
_EXTENSION = (
    r"(?:\s?(?:转|轉|分机号?|ext\.?|extension|x|#|\*)\s?[:：.]?\s?\d{1,6}(?:/\d{1,6})?"
    r"|-\d{1,6}(?:/\d{2,4}(?!\d))?)?"
)
PHONE = re.compile(
    r"(?<![\d.])(?:"
    r"(?:\(?(?:\+|00)86\)?[-\s]?\(?0?|\(?0)(?:10|2\d|[3-9]\d\d)"
    r"\)?[-.\s]?[2-8]\d{2,3}[-.\s]?\d{4}"
    r"|[48]00[-\s]?\d{3,4}[-\s]?\d{3,4}"
    r"|\+(?!86)\d{1,3}[-\s]?\(?\d{1,4}\)?(?:[-\s]?\d{2,4}){2,4}"
    rf"){_EXTENSION}(?!\d)",
    re.IGNORECASE,
)
#: Numbers abroad, and of this town: only where a label says that it is a telephone.
LABELLED_PHONE = re.compile(
    rf"(?:\+\d{{1,3}}[-\s]?)?\(?\d{{2,5}}\)?(?:[-\s]?\d{{2,5}}){{1,4}}{_EXTENSION}(?!\d)",
    re.IGNORECASE,
)
EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}"
    r"(?:\.[A-Za-z0-9-]{1,63}){1,5}"
)
_ENDS = "com|cn|net|org|gov|edu|io|co|info|biz|hk|tw|中国|公司|网络"
WEBSITE = re.compile(
    r"https?://[^\s,;，；、。<>()（）\"']{3,200}"
    r"|(?<![\w@./-])www\.[^\s,;，；、。<>()（）\"'/]{2,100}(?:/[\w./-]{0,80})?"
    rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,63}}\.){{1,3}}(?:{_ENDS})(?![\w@.-])",
    re.IGNORECASE,
)
CREDIT_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])", re.I)
HAN = re.compile(r"[\u3400-\u9fff]")

_COMPANY = re.compile(
    r"(?:公司|集团|工厂|研究院|研究所|设计院|大学|学院|医院|学校|中学|小学|银行|事务所|"
    r"合作社|商行|经营部|分行|支行|委员会|协会|酒店|超市|门市部|厂|局|代表处|办事处|商会|"
    r"工作室)(?:[(（][^()（）]{1,20}[)）])?$"
)
_ENGLISH_COMPANY = re.compile(
    r"\b(?:co\.?,?\s?ltd|ltd|inc|llc|gmbh|corp|corporation|limited|company|group|"
    r"technologies|holdings|plc|s\.?a|pte)\b\.?\)?$",
    re.IGNORECASE,
)
_TITLE = (
    "总经理|经理|董事长|董事|总裁|总监|总工|工程师|主任|主管|部长|处长|科长|所长|院长|校长|厂长|"
    "局长|书记|秘书|助理|会计|出纳|采购员|业务员|技术员|专员|顾问|教授|讲师|合伙人|创始人|店长|"
    "组长|队长|老板|销售|采购"
)
IS_TITLE = re.compile(rf"[\u3400-\u9fff]{{0,8}}(?:{_TITLE})")
_ENGLISH_TITLE = re.compile(
    r"(?:[A-Za-z&]{1,20}[ .,&-]{1,3}){0,5}(?:manager|director|engineer|president|ceo|"
    r"cto|cfo|coo|officer|assistant|secretary|consultant|supervisor|specialist|executive|"
    r"buyer|accountant|partner|founder|head|representative|researcher|analyst|designer|"
    r"developer|coordinator|planner|chairman|chairwoman|vp|sales)"
    r"(?: of [A-Za-z& ]{2,40})?",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(
    r"[\u3400-\u9fff]{1,10}(?:部门?|科|处|中心|室|组|车间|事业部|分部)"
)
_ENGLISH_DEPARTMENT = re.compile(
    r"(?:[A-Za-z&]{1,20} ){1,4}(?:department|dept\.?|division)", re.IGNORECASE
)
#: The surnames of 99 in 100 people.
_COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任"
    "卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔"
    "向常汤康易乔赖文施洪季庞樊兰殷倪葛柯牛俞章鲁温华齐申柳邢路岳梅庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费"
    "纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柴蒙鄢桂娄宫骆巩穆桑刁蒲褚阎丰"
)
_SURNAME = f"(?:{'|'.join(sorted(s for s in SURNAMES if len(s) > 1))}|[{_COMMON}])"
PERSON = re.compile(rf"{_SURNAME}[\u3400-\u9fff]{{1,2}}")
_CALLED = re.compile(rf"{_SURNAME}(?:总|工|生|经理|主任|老师|先生|女士|小姐|厂长|院长)")
_NAMED_TITLE = re.compile(
    rf"({_SURNAME}[\u3400-\u9fff]{{1,2}})[\s,/|·(（-]{{0,3}}"
    rf"([\u3400-\u9fff]{{0,8}}(?:{_TITLE}))[)）]?"
)
_ENGLISH_PERSON = re.compile(
    r"(?:(?:Mr|Ms|Mrs|Dr)\.? )?(?:[A-Z][a-z]{1,20}(?:[ -][A-Z]\.?)?"
    r"(?:[ -][A-Z][a-zA-Z'-]{1,20}){1,2}|[A-Z]{2,12} (?:[A-Z][a-z]{1,20}|[A-Z]{2,12}))"
)
#: Names of other peoples of China: 阿依古丽·买买提.
_DOTTED = re.compile(r"([\u3400-\u9fff]{2,8})[·•・‧]([\u3400-\u9fff]{2,8})")
#: A name that a card sets apart: 李　强.
_SPREAD = re.compile(
    r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \u3000]{1,6}([\u3400-\u9fff])"
    r"(?=[\s,，/|(（]|$)"
)
_TITLE_FIRST = re.compile(r"([\u3400-\u9fff]{2,10})\s*[:：]\s*([\u3400-\u9fff]{2,4})")
#: 邮编 of an address, before or behind it.
_POSTCODE = re.compile(
    r"^(\d{6})[\s,，]+"
    r"|[\s,，(（]+(?:(?:邮编|p\.?\s?c\.?|zip)[:：.\s]*)?(\d{6})[)）]?$",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"[路街道巷弄里桥镇乡村寨区县市园]\S{0,40}?\d{0,6}(?:号|幢|栋|楼|室|层|座|组|单元|厂房)|"
    r"(?:路|大道|街|大街|工业园|科技园|开发区)$"
)
_ENGLISH_STREET = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|building|bldg|floor|district|boulevard|room)\b",
    re.IGNORECASE,
)
#: Words of two letters that begin like a name.
_NO_NAMES = frozenset(
    re.findall(
        "..",
        "谢谢金额合计时间方便方案方式方法方向文件文本高级高度高新常用常见成立成功"
        "成本成交任何万元安全安装安排计划包装温度温馨毛重曲线单位单价程序程度金融"
        "金属石油石材路线黄金易耗白天钱款严格贺卡史料祝好祝您顾客顾问于是向您和您"
        "何时应付应收",
    )
)
#: Where Chinese ends and another script begins, or the other way round.
_SCRIPTS = re.compile(
    r"(?<=[A-Za-z.,)]) {1,9}(?=[\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff)）]) {1,9}(?=[A-Za-z])"
)
#: Signs that stand between things, never within a name.
_PARTED = re.compile(r"[:：|;；]")
#: Words in front of a name that are part of no name.
_INTRODUCED = re.compile(
    r"(?:您好|你好|大家好)?[,，!！。]?(?:我们?是|我叫|本人|这里是|这边是|我司是|我们公司是)"
    r"|(?:收件人|收货人|联系人)[是为]?"
)
#: Words in front of an address that are part of none.
SENT_TO = re.compile(r".{0,12}?(?:寄到|寄往|寄至|送到|发到|发往|位于)")
#: What is no text: telephones, letters and houses that people draw.
SIGNS = re.compile("[\u2190-\u23ff\u2500-\u27bf\ufe0f\U0001f000-\U0001faff]")
#: That one finds somebody in WeChat by the mobile number.
SAME_IN_WECHAT = re.compile(r"[(（]?(?:同微信号?|微信同(?:号|步|手机号?))[)）]?")
#: Signs that no code has, and those that they are misread from.
_MISREAD = str.maketrans("OISZ", "0152")
#: A text longer than that is no name of anything.
LONGEST_NAME = 60
LONGEST_ADDRESS = 120


def is_credit_code(text):
    """Say whether a code of 18 signs is right by its check digit."""
    code = text.upper()
    return CREDIT_CODE.fullmatch(code) and uscc.calc_check_digit(code[:-1]) == code[-1]


def credit_code_of(text):
    """Return a labelled code as it is written; letters that none has, as digits."""
    code = re.sub(r"[\s-]", "", text).upper()
    corrected = code.translate(_MISREAD)
    return corrected if is_credit_code(corrected) else code


def without_postcode(address):
    """Return an address in China and its postcode; an empty one where none is."""
    match = _POSTCODE.search(address) if HAN.search(address) else None
    if match is None:
        return address, ""
    return _POSTCODE.sub("", address), match[1] or match[2]


def is_address(text):
    """Say whether a text is where something stands."""
    if not 6 <= len(text) <= LONGEST_ADDRESS:
        return False
    if HAN.search(text):
        if _COMPANY.search(text):
            return False
        return bool(_STREET.search(text)) or (
            regions.find(text[:20]) is not None and any(c.isdigit() for c in text)
        )
    return bool(_ENGLISH_STREET.search(text)) and any(c.isdigit() for c in text)


def is_company(text):
    """Say whether a text is the name of a company or another body."""
    if not 4 <= len(text) <= LONGEST_NAME or _PARTED.search(text):
        return False
    if HAN.search(text):
        return bool(_COMPANY.search(text)) and not text.startswith("我")
    return bool(_ENGLISH_COMPANY.search(text))


def is_department(text):
    """Say whether a text names a part of a company."""
    return bool(
        _DEPARTMENT.fullmatch(text) or _ENGLISH_DEPARTMENT.fullmatch(text.strip())
    )


def is_title(text):
    """Say whether a text is what somebody does."""
    return len(text) <= LONGEST_NAME and bool(
        IS_TITLE.fullmatch(text) or _ENGLISH_TITLE.fullmatch(text)
    )


def is_person(text):
    """Say whether a text is the name of a person, or how one is called."""
    if text in _NO_NAMES or (len(text) < 4 and regions.find(text)):
        return False
    if _ENGLISH_DEPARTMENT.fullmatch(text):
        return False
    return len(text) <= LONGEST_NAME and bool(
        PERSON.fullmatch(text)
        or _CALLED.fullmatch(text)
        or _ENGLISH_PERSON.fullmatch(text)
    )


def person_and_title(text):
    """Return (name, title) of 李建华总经理, 李建华（采购部经理）; None of others."""
    if len(text) > LONGEST_NAME:
        return None
    if match := _NAMED_TITLE.fullmatch(text):
        return match.groups()
    match = _TITLE_FIRST.fullmatch(text)
    if match and is_title(match[1]) and is_person(match[2]):
        return match[2], match[1]
    return None


def dotted_names(text):
    """Return the names of people in a text that have a dot in them."""
    return [
        match[0]
        for match in _DOTTED.finditer(text)
        # 采购部·李建华 is none, nor 李建华·经理.
        if not (is_person(match[1]) or any(map(is_part_of_company, match.groups())))
    ]


def is_part_of_company(text):
    """Say whether a text is a company, a part of one, or what somebody does there."""
    return is_company(text) or is_department(text) or is_title(text)


def drawn_together(line):
    """Return a line with the names that a card sets apart: 李　强 becomes 李强."""

    def joined(match):
        name = match[1] + match[2]
        return name if is_person(name) else match[0]

    return _SPREAD.sub(joined, line)


def by_script(text):
    """Return the Chinese parts of a text before the others: Li Jianhua 李建华."""
    return sorted(_SCRIPTS.split(text), key=lambda part: not HAN.search(part))


def introduced(text):
    """Return a text without 您好，我是."""
    match = _INTRODUCED.match(text)
    return text[match.end() :] if match else text
