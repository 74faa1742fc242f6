"""Names in pinyin: companies by their words, persons by their surname."""

import subprocess
import sys

import pytest

from crm.chinese.pinyin import SURNAMES, initials, pinyin, searchable

PERSONS = {
    "单田芳": "shantianfang",
    "仇和": "qiuhe",
    "曾国藩": "zengguofan",
    "区楚良": "ouchuliang",
    "查良镛": "zhaliangyong",
    "翟天临": "zhaitianlin",
    "解晓东": "xiexiaodong",
    "盖鸣晖": "geminghui",
    "尉迟恭": "yuchigong",
    "万俟卨": "moqixie",
    "欧阳修": "ouyangxiu",
    "單伟": "shanwei",
    "柏林": "bailin",
    "朴槿惠": "piaojinhui",
    "乐正子": "yuezhengzi",
    "乐嘉": "yuejia",
    "缪晟": "miaosheng",
    "张伟": "zhangwei",
    "吕布": "lvbu",
    "王重庆": "wangchongqing",
    "John Smith": "johnsmith",
}
COMPANIES = {
    "重庆长安汽车": ("chongqingchanganqiche", "cqcaqc"),
    "厦门银行": ("xiamenyinhang", "xmyh"),
    "华为技术有限公司": ("huaweijishuyouxiangongsi", "hwjsyxgs"),
    "3M中国（投资）": ("3mzhongguotouzi", "3mzgtz"),
    "ＡＢＣ-重庆 No.1": ("abcchongqingno1", "abccqno1"),
    "区块链·单位": ("qukuailiandanwei", "qkldw"),
    "Müller 公司": ("müllergongsi", "müllergs"),
    "_！？ ": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("name", "full"), PERSONS.items())
def test_person_is_read_by_the_surname(name, full):
    assert pinyin(name, person=True) == full


@pytest.mark.parametrize(("name", "expected"), COMPANIES.items())
def test_company_is_read_by_its_words(name, expected):
    assert (pinyin(name), initials(name)) == expected
    assert searchable(name) == " ".join(expected).strip()


def test_initials_of_a_person_follow_the_surname():
    assert initials("曾单", person=True) == "zd"
    assert searchable("尉迟恭", person=True) == "yuchigong ycg"


def test_each_surname_has_a_syllable_per_character():
    for surname, reading in SURNAMES.items():
        assert len(surname) == len(reading.split())
        assert pinyin(surname + "伟", person=True) == reading.replace(" ", "") + "wei"


def test_characters_without_a_reading_stay():
    assert searchable("㐂𠮷重庆") == "㐂𠮷chongqing 㐂𠮷cq"


def test_names_of_a_real_registry_become_letters(registry):
    for row in registry:
        full = pinyin(row["企业名称"])
        assert full.isascii(), row["企业名称"]
        assert full.isalnum(), row["企业名称"]
        assert pinyin(row["法人代表"], person=True)


def test_readings_are_not_loaded_with_the_program():
    loaded = "import sys, crm.chinese.pinyin; sys.exit('pypinyin' in sys.modules)"
    subprocess.run([sys.executable, "-c", loaded], check=True)
