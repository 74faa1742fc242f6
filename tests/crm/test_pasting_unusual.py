"""Cards, signatures and licences of unusual shapes: what is found, unplaced, left."""

import pytest

from crm.chinese.pasting import read

CODE = "91530100MA6K3XHT8W"
PLACE = "云南省昆明市五华区翠湖北路1号"
POSTCODE = [("邮编", "650031")]
#: (text, facts, unplaced, rest)
CARDS = [
    # Mobiles
    (
        "手机：13912340001/13912340002",
        {"mobile": ["13912340001", "13912340002"]},
        [],
        [],
    ),
    (
        "王芳 销售总监\n139-1234-0001  138 8888 0002",
        {
            "person": ["王芳"],
            "title": ["销售总监"],
            "mobile": ["13912340001", "13888880002"],
        },
        [],
        [],
    ),
    ("1391 2340 001", {"mobile": ["13912340001"]}, [], []),
    ("M：(+86)13912340001", {"mobile": ["13912340001"]}, [], []),
    ("手机 0086-139 1234 0001", {"mobile": ["13912340001"]}, [], []),
    ("手机：013912340001", {"mobile": ["13912340001"]}, [], []),
    (
        "手机（微信同号）：13912340001",
        {"mobile": ["13912340001"], "wechat": ["13912340001"]},
        [],
        [],
    ),
    (
        "13912340001（同微信）",
        {"mobile": ["13912340001"], "wechat": ["13912340001"]},
        [],
        [],
    ),
    # Telephones, extensions, fax
    ("0871-63123456 转 801", {"phone": ["0871-63123456 转 801"]}, [], []),
    ("电话：(0871)63123456*801", {"phone": ["(0871)63123456*801"]}, [], []),
    ("电话：0871-63123456-801/802", {"phone": ["0871-63123456-801/802"]}, [], []),
    ("电话：0871-63123456/63123457", {"phone": ["0871-63123456", "63123457"]}, [], []),
    (
        "Tel: 0871.6312.3456  Mobile: 139.1234.0001",
        {"phone": ["0871.6312.3456"], "mobile": ["13912340001"]},
        [],
        [],
    ),
    (
        "T 0871-63123456\nF 0871-63123457",
        {"phone": ["0871-63123456"]},
        [("F", "0871-63123457")],
        [],
    ),
    (
        "电：0871-63123456  传：0871-63123457  邮：li@cuihu.com",
        {"phone": ["0871-63123456"], "email": ["li@cuihu.com"]},
        [("传", "0871-63123457")],
        [],
    ),
    ("全国统一服务热线：400 800 1234", {"phone": ["400 800 1234"]}, [], []),
    # Addresses and postcodes
    (f"地址：{PLACE}（650031）", {"address": [PLACE]}, POSTCODE, []),
    (f"650031 {PLACE}", {"address": [PLACE]}, POSTCODE, []),
    (f"{PLACE} P.C.：650031", {"address": [PLACE]}, POSTCODE, []),
    ("邮编：６５００３１", {}, POSTCODE, []),
    (
        f"王经理您好，请把样品寄到{PLACE}，收件人李建华，电话13912340001，邮编650031",
        {"address": [PLACE], "person": ["李建华"], "mobile": ["13912340001"]},
        POSTCODE,
        ["王经理您好", "请把样品寄到"],
    ),
    (
        f"📞13912340001\n📧li@cuihu.com\n🏠{PLACE}",
        {"mobile": ["13912340001"], "email": ["li@cuihu.com"], "address": [PLACE]},
        [],
        [],
    ),
    # Names
    (
        "JOHN SMITH\nGENERAL MANAGER\nHUAXIA TECHNOLOGIES CO., LTD.",
        {
            "person": ["JOHN SMITH"],
            "title": ["GENERAL MANAGER"],
            "company": ["HUAXIA TECHNOLOGIES CO., LTD."],
        },
        [],
        [],
    ),
    (
        "Li Jianhua\n李建华\nSales Department",
        {"person": ["李建华"], "department": ["Sales Department"]},
        [],
        ["Li Jianhua"],
    ),
    (
        "阿依古丽·买买提 办公室主任",
        {"person": ["阿依古丽·买买提"], "title": ["办公室主任"]},
        [],
        [],
    ),
    ("采购部·李建华", {"department": ["采购部"], "person": ["李建华"]}, [], []),
    ("李　强\n工程师", {"person": ["李强"], "title": ["工程师"]}, [], []),
    (
        "李建华/采购部/经理",
        {"person": ["李建华"], "department": ["采购部"], "title": ["经理"]},
        [],
        [],
    ),
    ("总经理：李建华", {"person": ["李建华"], "title": ["总经理"]}, [], []),
    # Licences and codes: one that is wrong is for its reader to correct
    (
        "统一社会信用代码：９１５３０１００ＭＡ６Ｋ３ＸＨＴ８Ｗ",
        {"credit_code": [CODE]},
        [],
        [],
    ),
    ("税号：9153O1OOMA6K3XHT8W", {"credit_code": [CODE]}, [], []),
    (f"信用代码：{CODE[:-1]}X", {"credit_code": [f"{CODE[:-1]}X"]}, [], []),
    (
        f"统一社会信用代码 {CODE}\n经营者 王强\n名称 五华区强强小吃店\n"
        "组成形式 个人经营",
        {
            "credit_code": [CODE],
            "legal_representative": ["王强"],
            "company": ["五华区强强小吃店"],
        },
        [("组成形式", "个人经营")],
        [],
    ),
]


@pytest.mark.parametrize(
    ("text", "facts", "unplaced", "rest"), CARDS, ids=range(len(CARDS))
)
def test_an_unusual_text_is_split_into_facts(text, facts, unplaced, rest):
    told = read(text)
    assert (told.facts, told.unplaced, told.rest) == (facts, unplaced, rest)
