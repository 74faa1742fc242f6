"""What is the same although it is written in two ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.chinese.folding import (
    Keyword,
    code,
    email,
    folded,
    fragments,
    kept,
    readings,
    same_name,
    signs,
    sought,
    spoken,
    telephone,
    telephones,
    website,
    words,
)
from crm.chinese.folding.texts import ALIKE
from crm.chinese.polyphones import POLYPHONES

NAMES = st.text(
    st.one_of(
        st.sampled_from(
            "华夏科技滇润单厦长abcXYZ019éüß（）()·•臺灣台湾ＡＢ１２ 　-—'’\"“”【】&+"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
TRADITIONAL = str.maketrans("台湾测试电子龟华罗逻东发业", "臺灣測試電子龜華羅邏東發業")


@given(NAMES)
def test_what_is_folded_stays_as_it_is(text):
    assert folded(folded(text)) == folded(text)


@given(NAMES, NAMES)
def test_a_part_of_a_text_is_found_in_it(one, other):
    assert folded(one) + folded(other) == folded(one + other)


@given(NAMES)
def test_width_case_and_script_make_no_difference(text):
    assert folded(text.translate(WIDE)) == folded(text)
    assert folded(text.translate(TRADITIONAL)) == folded(text)
    if text.isascii():
        assert folded(text.upper()) == folded(text.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("测试（中国）投资", "测试(中国)投资"),
        ("测试（中国）投资", "测试【中国】投资"),
        ("ＸＹＺ全角", "xyz全角"),
        ("万  科Ａ", "万科A"),
        ("深振业　Ａ", "深振业a"),
        ("測試臺灣電子", "测试台湾电子"),
        ("阿羅邏", "阿罗逻"),
        ("Müller Straße", "muller strasse"),
        ("Ａｒｔｅｃｈ·Ｃ", "artech•c"),
        ("O’Neil", "O'Neil"),
        ("“万家”", "「万家」"),
        ("HT-20261126-001", "ht20261126001"),
        ("Łódź Ørsted", "lodz orsted"),
        ("e\u0301cole", "école"),
        ("٣٤", "34"),
    ],
)
def test_two_writings_are_one(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C#"), ("C++", "C"), ("华夏", "华厦"), ("A\nB", "AB")]
)
def test_what_is_not_the_same_stays_apart(one, other):
    assert folded(one) != folded(other)


def test_signs_of_one_class_are_found_by_each_other():
    for name, alike in ALIKE.items():
        assert {signs(sign) for sign in alike} == {name}
        assert {kept(f"甲{sign}乙") for sign in alike} == {f"甲乙 {name}"}
        assert all(words(sign) == [name] for sign in alike)


@given(NAMES)
def test_each_word_of_a_text_is_found_in_what_is_kept_of_it(text):
    assert all(word in kept(text) for word in words(text))


def test_words_are_asked_for_one_by_one_and_signs_only_alone():
    assert words("ABC　HIG") == ["abc", "hig"]
    assert words("Müller & Söhne") == ["muller", "sohne"]
    assert words("C++ / 甲") == ["c++", "甲"]
    assert words("( )") == ["（", "）"]
    assert words("\u200b \u3000") == []
    assert words("1 2 3 4 5 6 7 8 9 10")[-1] == "8910"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ku Duplicate Co., Ltd.", "KU DUPLICATE CO LTD"),
        ("昆明滇润食品有限公司", "昆明滇润食品 有限公司"),
        ("昆明滇润食品有限公司", "昆明滇润食品有限责任公司"),
        ("云南建投（集团）有限公司", "云南建投集团股份有限公司"),
        ("括号例（昆明）有限公司", "括号例(昆明)有限公司"),
        ("華夏科技有限公司", "华夏科技"),
        ("甲·乙", "甲•乙"),
        ("O'Neil Ltd", "O’Neil Limited"),
        ("Foo S.A.", "FOO SA"),
        ("Foo L.L.C.", "Foo LLC"),
        ("Müller GmbH & Co. KG", "muller"),
        ("宁波甲投资合伙企业（有限合伙）", "宁波甲投资合伙企业"),
    ],
)
def test_names_of_one_firm_have_one_key(one, other):
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为（中国）有限公司", "华为有限公司"),
        ("昆明甲公司", "大理甲公司"),
        ("甲昆明分公司", "甲公司"),
        ("甲律师事务所", "甲有限公司"),
        ("有限公司", "公司"),
    ],
)
def test_other_firms_have_another_key(one, other):
    assert same_name(one) != same_name(other)


@given(NAMES)
def test_key_of_a_name_is_never_empty(text):
    assert bool(same_name(text)) == bool(text.strip())
    if folded(text).strip():
        assert same_name(text.translate(WIDE)) == same_name(text)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13912340001", "13912340001"),
        ("+86 139 1234 0001", "13912340001"),
        ("8613912340001", "13912340001"),
        ("0086-139-1234-0001", "13912340001"),
        ("０１３９１２３４０００１", "13912340001"),
        ("010-62345678", "01062345678"),
        ("010—62345678", "01062345678"),
        ("+86 10 6234 5678", "01062345678"),
        ("+86 (0)10 6234 5678", "01062345678"),
        ("861062345678", "01062345678"),
        ("(0871) 6312-3456", "087163123456"),
        ("87163123456", "087163123456"),
        ("0871-63123456转801", "087163123456"),
        ("0871-63123456-801", "087163123456"),
        ("0871-6312 3456 ext. 801", "087163123456"),
        ("010-6234-5678", "01062345678"),
        ("138 1234 5678（王经理）", "13812345678"),
        ("电话：0871-63123456", "087163123456"),
        ("6312-3456", "63123456"),
        ("400-800-1234", "4008001234"),
        ("(415) 901-7000", "4159017000"),
        ("310/246-1501", "03102461501"),  # or in Handan, whose area code is 0310
        ("+1 (650) 253-0000", "16502530000"),
        ("001 650 253 0000", "16502530000"),
        ("10086", "10086"),
        ("没有", ""),
    ],
)
def test_telephone_is_one_number_however_it_is_written(written, number):
    assert telephone(written) == number
    for way in fragments(written):
        assert way in kept(written, as_telephone=True)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("021-62345678 13912340008", ["02162345678", "13912340008"]),
        ("63123456/63123457", ["63123456", "63123457"]),
        ("13912340001、13912340002；0871-63123456", 3),
        ("+86 13912340001", ["13912340001"]),
    ],
)
def test_several_numbers_stand_in_one_text(written, numbers):
    found = telephones(written)
    assert found == numbers if isinstance(numbers, list) else len(found) == numbers


@given(
    st.from_regex(r"1[3-9][0-9]{9}|(0871|010)[2-8][0-9]{7}", fullmatch=True),
    st.sampled_from([" ", "-", "", "."]),
    st.sampled_from(["", "+86", "0086 ", "86"]),
    st.integers(0, 11),
)
def test_number_typed_in_any_way_finds_the_one_that_is_kept(number, gap, before, cut):
    stored = kept(number, as_telephone=True)
    own = number.lstrip("0") if before else number
    typed = f"{before}{own[:cut]}{gap}{own[cut:]}"
    assert any(way in stored for way in fragments(typed))
    assert telephone(typed) == number


def test_beginning_of_a_number_with_its_country_finds_it():
    stored = kept("010-62345678", as_telephone=True)
    for typed in ("+86 10 6234", "0086106234", "8610623", "010 6234", "62345678"):
        assert any(way in stored for way in fragments(typed)), typed


def test_what_is_no_number_has_no_fragments():
    assert fragments("12") == fragments("ABC123") == fragments("") == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_may_be_asked_for(text):
    assert all(word for way in sought(text) for alike in way for word in alike)
    assert "".join(piece for piece, _hit in Keyword(text).marked(text)) == text
    assert isinstance(telephone(text), str)
    assert isinstance(website(text), str)


@given(NAMES)
def test_key_of_a_code_is_its_own_key(text):
    assert code(code(text)) == code(text) == code(text.translate(WIDE))


def test_codes_and_addresses_have_keys():
    assert code("dup-1") == code(" ＤＵＰ—1 ") == "DUP-1"
    assert code("A1") != code("A-1")
    assert email(" Mailto:Wang@Example.COM ") == "wang@example.com"
    assert website("https://www.Example.com/a?b") == "example.com"
    assert (
        website("example.com:8080") == website("HTTP://EXAMPLE.com.") == "example.com"
    )


def test_what_was_looked_for_is_marked_where_it_stands():
    assert Keyword("试(中国) bc").marked("测试（中国）投资 ABC") == [
        ("测", False),
        ("试（中国", True),
        ("）投资 A", False),
        ("BC", True),
    ]
    assert Keyword("•").marked("甲·乙") == [("甲", False), ("·", True), ("乙", False)]
    assert Keyword("+86106234").marked("010-6234 5678")[0] == ("0", False)
    assert Keyword("乙").marked("甲") == [("甲", False)]


@pytest.mark.parametrize(
    ("name", "typed", "hit"),
    [
        ("昆明华夏科技", "hxkj", "华夏科技"),
        ("昆明华夏科技", "huaxia", "华夏"),
        ("昆明华夏科技", "aXIA", "华夏"),
        ("厦华电子", "xhdz", "厦华电子"),
        ("欧阳单伟", "shanwei", "单伟"),
        ("单伟", "danwei", "单伟"),
        ("单伟", "shw", ""),
        ("ABC重庆", "abccq", "ABC重庆"),
        ("（重）庆", "cq", "重）庆"),
        ("臺灣電子", "twdz", "臺灣電子"),
    ],
)
def test_what_was_typed_in_letters_is_marked_in_signs(name, typed, hit):
    places = set().union(*Keyword(typed).places(name, read=True).values())
    assert (name[min(places) : max(places) + 1] if places else "") == hit
    assert not Keyword(typed).places("其他", read=True)


@given(NAMES)
def test_what_finds_a_name_is_marked_in_it(name):
    for typed in spoken(name).split():
        keyword = Keyword(typed)
        if typed.isascii() and keyword.writings == {typed}:
            assert keyword.places(name, read=True)[typed]


def test_a_telephone_is_marked_however_it_is_dialled():
    keyword = Keyword("01062345678")
    assert keyword.marked("+86 10 6234 5678", dial=True)[0][1]
    assert not keyword.places("+86 10 6234 5678")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("厦华电子", "xhdz"),
        ("单县创业", "sxcy"),
        ("浚县商行", "xxsh"),
        ("重庆长安行", "cqcah"),
        ("六安茶业", "lacy"),
        ("Müller 重庆", "mullercq"),
    ],
)
def test_firm_is_found_by_each_reading_of_its_signs(name, typed):
    assert typed in spoken(name)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("乐嘉", "lj"),
        ("乐嘉", "yj"),
        ("覃塘生", "tts"),
        ("單伟", "dw"),
        ("吕布", "lubu"),
    ],
)
def test_person_is_found_by_each_reading_of_the_name(name, typed):
    assert typed in spoken(name, person=True)


def test_usual_reading_comes_first_and_the_number_is_limited():
    assert readings("重庆银行")[0] == "chongqingyinhang"
    assert len(readings("行" * 12)) == 16
    assert readings("") == [] or readings("") == [""]
    assert all(len(set(known)) == len(known) > 1 for known in POLYPHONES.values())
