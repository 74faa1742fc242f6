"""What people paste – messages, signatures, cards, licences – is split into facts."""

import time

import pytest

from crm.chinese.pasting import read
from crm.chinese.pasting.reading import LONGEST

CODE = "91530100MA6K3XHT8W"
#: By what each is: the text, the facts, the rest.
SHAPES = {
    "labelled lines": (
        "姓名：李建华\n职务：采购部经理\n手机：13912340001\n"
        "电话：0871-63123456转801\n邮箱：lijh@cuihu.com.cn\n"
        "地址：云南省昆明市五华区翠湖北路1号\n公司：昆明翠湖仪器有限公司",
        {
            "person": ["李建华"],
            "title": ["采购部经理"],
            "mobile": ["13912340001"],
            "phone": ["0871-63123456转801"],
            "email": ["lijh@cuihu.com.cn"],
            "address": ["云南省昆明市五华区翠湖北路1号"],
            "company": ["昆明翠湖仪器有限公司"],
        },
        [],
    ),
    "card without labels": (
        "昆明翠湖仪器有限公司\n李建华  总经理\n云南省昆明市五华区翠湖北路1号3楼\n"
        "139 1234 0001\n0871-6312 3456\nli@cuihu.com\nwww.cuihu.com",
        {
            "company": ["昆明翠湖仪器有限公司"],
            "person": ["李建华"],
            "title": ["总经理"],
            "address": ["云南省昆明市五华区翠湖北路1号3楼"],
            "mobile": ["13912340001"],
            "phone": ["0871-6312 3456"],
            "email": ["li@cuihu.com"],
            "website": ["www.cuihu.com"],
        },
        [],
    ),
    "labels and values in lines of their own": (
        "姓名\n李建华\n电话\n13912345678\n微信\nlijh_1",
        {"person": ["李建华"], "mobile": ["13912345678"], "wechat": ["lijh_1"]},
        [],
    ),
    "several labels in a line": (
        "公司:昆明翠湖仪器有限公司 联系人:李建华 手机:13912340001 职务:经理",
        {
            "company": ["昆明翠湖仪器有限公司"],
            "person": ["李建华"],
            "mobile": ["13912340001"],
            "title": ["经理"],
        },
        [],
    ),
    "labels with blanks in them": (
        "姓  名：李建华\n地　址：昆明市北京路12号\n电　话 0871-63123456",
        {
            "person": ["李建华"],
            "address": ["昆明市北京路12号"],
            "phone": ["0871-63123456"],
        },
        [],
    ),
    "full width": (
        "ＴＥＬ：０８７１－６３１２３４５６　手机：１３９１２３４０００１",
        {"phone": ["0871-63123456"], "mobile": ["13912340001"]},
        [],
    ),
    "English card": (
        "John Smith\nSenior Sales Manager\nHuaxia Technologies Co., Ltd.\n"
        "Room 801, No. 5 Renmin Road, Kunming 650000, China\n"
        "T: +86-871-63123456 ext. 12\nM: +86 139 1234 0001\n"
        "john.smith@huaxia.com.cn | www.huaxia.com.cn",
        {
            "person": ["John Smith"],
            "title": ["Senior Sales Manager"],
            "company": ["Huaxia Technologies Co., Ltd."],
            "address": ["Room 801, No. 5 Renmin Road, Kunming 650000, China"],
            "phone": ["+86-871-63123456 ext. 12"],
            "mobile": ["13912340001"],
            "email": ["john.smith@huaxia.com.cn"],
            "website": ["www.huaxia.com.cn"],
        },
        [],
    ),
    "message": (
        "您好，我是昆明翠湖仪器有限公司的李建华，电话13912345678，"
        "地址：昆明市官渡区北京路12号，谢谢",
        {
            "company": ["昆明翠湖仪器有限公司"],
            "person": ["李建华"],
            "mobile": ["13912345678"],
            "address": ["昆明市官渡区北京路12号"],
        },
        ["谢谢"],
    ),
    "in one line": (
        "上海浦江贸易有限公司采购部 张敏（采购经理） 021-58881234 zhangmin@pj.cn",
        {
            "company": ["上海浦江贸易有限公司"],
            "department": ["采购部"],
            "person": ["张敏"],
            "title": ["采购经理"],
            "phone": ["021-58881234"],
            "email": ["zhangmin@pj.cn"],
        },
        [],
    ),
    "a person by surname": (
        "王总 13888880001",
        {"person": ["王总"], "mobile": ["13888880001"]},
        [],
    ),
    "several telephones": (
        "手机：13912340001 13912340002\n电话：0871-63123456、400-800-1234",
        {
            "mobile": ["13912340001", "13912340002"],
            "phone": ["0871-63123456", "400-800-1234"],
        },
        [],
    ),
    "a mobile behind the label of a telephone": (
        "联系电话：139-1234-5678",
        {"mobile": ["13912345678"]},
        [],
    ),
    "abroad": ("Tel: +1 650 253 0000", {"phone": ["+1 650 253 0000"]}, []),
    "a number of this town behind its label": (
        "电话：63123456",
        {"phone": ["63123456"]},
        [],
    ),
    "code alone": (
        f"昆明翠湖仪器有限公司 {CODE}",
        {"credit_code": [CODE], "company": ["昆明翠湖仪器有限公司"]},
        [],
    ),
    "code in small letters with blanks": (
        "统一社会信用代码：91530100 ma6k3xht8w",
        {"credit_code": [CODE]},
        [],
    ),
    "no code by its check digit": (
        "91530100MA6K3XHT8B",
        {},
        ["91530100MA6K3XHT8B"],
    ),
    "two labels of one value": (
        "手机/微信：13912340001\n电话/传真：0871-63123456",
        {"mobile": ["13912340001"], "phone": ["0871-63123456"]},
        [],
    ),
    "labels in brackets": (
        "【公司】昆明翠湖仪器有限公司\n【姓名】李建华\n【电话】13912340001",
        {
            "company": ["昆明翠湖仪器有限公司"],
            "person": ["李建华"],
            "mobile": ["13912340001"],
        },
        [],
    ),
    "both scripts": (
        "Li Jianhua 李建华\nPurchasing Manager 采购经理\n"
        "Kunming Cuihu Instruments Co., Ltd. 昆明翠湖仪器有限公司\n"
        "Add: No.1 Cuihu North Road, Kunming\nMob: 139-1234-0001",
        {
            "person": ["李建华"],
            "title": ["采购经理"],
            "company": ["昆明翠湖仪器有限公司"],
            "address": ["No.1 Cuihu North Road, Kunming"],
            "mobile": ["13912340001"],
        },
        ["Li Jianhua", "Purchasing Manager", "Kunming Cuihu Instruments Co., Ltd."],
    ),
    "English signature in one line": (
        "Jane Doe | Account Executive | Acme Inc.\n"
        "+1 (415) 555-0100 | jane@acme.com | acme.com",
        {
            "person": ["Jane Doe"],
            "title": ["Account Executive"],
            "company": ["Acme Inc."],
            "phone": ["+1 (415) 555-0100"],
            "email": ["jane@acme.com"],
            "website": ["acme.com"],
        },
        [],
    ),
    "address of a parcel": (
        "收货地址：广东省深圳市南山区科技园1栋2楼 李生 13800138000",
        {
            "mobile": ["13800138000"],
            "address": ["广东省深圳市南山区科技园1栋2楼"],
            "person": ["李生"],
        },
        [],
    ),
    "whose it is": (
        "公司电话：400-800-1234转5 公司邮箱：info@cuihu.com 公司官网：www.cuihu.com",
        {
            "phone": ["400-800-1234转5"],
            "email": ["info@cuihu.com"],
            "website": ["www.cuihu.com"],
        },
        [],
    ),
    "licence in one line": (
        "企业名称 昆明翠湖仪器有限公司 法定代表人 王强 "
        f"统一社会信用代码 {CODE} 企业地址 云南省昆明市五华区翠湖北路1号",
        {
            "company": ["昆明翠湖仪器有限公司"],
            "legal_representative": ["王强"],
            "credit_code": [CODE],
            "address": ["云南省昆明市五华区翠湖北路1号"],
        },
        [],
    ),
    "numbers that are no telephones": (
        "合同 20261127001，金额 1234567.80，订单 13912340001234",
        {},
        ["合同", "20261127001", "金额", "1234567.80", "订单", "13912340001234"],
    ),
    "nothing": ("今天天气不错", {}, ["今天天气不错"]),
    "empty": (" \n\t\n", {}, []),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_text_is_split_into_facts(name):
    text, facts, rest = SHAPES[name]
    told = read(text)
    assert (told.facts, told.rest) == (facts, rest)


def test_a_licence_is_read_with_what_no_form_has_a_field_for():
    told = read(
        "名  称　昆明翠湖仪器（集团）有限公司\n类  型　有限责任公司(自然人独资)\n"
        "住  所　云南省昆明市五华区翠湖北路1号\n法定代表人　王强\n"
        "注册资本　伍佰万元整\n成立日期　2015年03月12日\n"
        f"经营范围　仪器仪表的销售；技术咨询\n统一社会信用代码　{CODE}"
    )
    assert told.facts == {
        "company": ["昆明翠湖仪器（集团）有限公司"],
        "address": ["云南省昆明市五华区翠湖北路1号"],
        "legal_representative": ["王强"],
        "credit_code": [CODE],
    }
    assert [value for _word, value in told.unplaced] == [
        "有限责任公司(自然人独资)",
        "伍佰万元整",
        "2015年03月12日",
        "仪器仪表的销售；技术咨询",
    ]
    assert told.rest == []


def test_a_second_value_of_a_fact_is_not_lost():
    told = read("传真：0871-63123457\n邮箱：a@b.cn\n邮箱：c@d.cn\n地址：略\n地址：北京")
    assert told.facts == {"email": ["a@b.cn"], "address": ["略"]}
    assert told.unplaced == [
        ("传真", "0871-63123457"),
        ("邮箱", "c@d.cn"),
        ("地址", "北京"),
    ]


PARTS = (
    *("a", "1", "(", " ", "：", "．", "王", "\u0301", "a.", "a@", "1-", "a\n", "地 "),
    *("电话:", "公司", "Ab ", "+86", "E: ", "路1号", "李建华,", "姓名\n", "https://"),
    *("139 1234 0001 ", "www.a."),
)


@pytest.mark.parametrize("part", PARTS)
def test_a_hostile_text_takes_no_longer_than_its_length(part):
    """Nothing of it is lost either: what is beyond the limit stays as it is."""
    text = part * (100_000 // len(part))
    begun = time.process_time()
    told = read(text)
    assert time.process_time() - begun < 10
    assert not text.strip() or told.rest[-1] == text[LONGEST:]
