"""The regions of China, and the region that an address names."""

import hashlib
import re
import time

import pytest

from crm.chinese.regions import CITY, DISTRICT, PROVINCE, SOURCE, find, listed

ADDRESSES = {
    "云南省临沧市临翔区晚翠路300号": "530902",
    "云南 临沧": "530900",
    "地址：云南临沧": "530900",
    "677000 中国云南省临沧市": "530900",
    "红河": "532500",
    "红河州": "532500",
    "云南省红河州红河县": "532529",
    "大理": "532900",
    "大理市": "532901",
    "云南省玉溪市新平县": "530427",
    "云南镇雄": "530627",
    "云南省红河州个旧市胜利路127号": "532501",
    "云南省禄丰县": "532302",
    "德宏州芒市": "533103",
    "中甸县": "533401",
    "北京市市辖区东城区": "110101",
    "北京朝阳": "110105",
    "上海浦东张江高科": "310115",
    "重庆市万州区": "500101",
    "吉林": "220000",
    "吉林市": "220200",
    "海南": "460000",
    "海南州": "632500",
    "河南新乡": "410700",
    "黄南州河南县": "632324",
    "甘肃临夏东乡县": "622926",
    "江西抚州东乡县": "361003",
    "湖北仙桃": "429004",
    "东莞市长安镇": "441900",
    "广东 深圳 南山": "440305",
    "杭州市下城区": "330105",
    "苏州工业园区星湖街": "320500",
    "内蒙古呼和浩特新城区": "150102",
    "攀枝花市东区": "510402",
    "香港九龙": "810000",
    "中国澳门": "820000",
    "台湾省台北市": "710000",
    "昆明市北京路23号": "530100",
    "玉溪市红塔大道1号": "530400",
}
NOWHERE = (
    *("", "x", "Beijing Road 1", "南京东路100号", "河北路12号", "某小区东区3栋"),
    *("朝阳区", "鼓楼区中山路", "和平区"),
)


@pytest.mark.parametrize(("address", "code"), ADDRESSES.items())
def test_address_leads_to_its_region(address, code):
    assert find(address) == code


@pytest.mark.parametrize("address", NOWHERE)
def test_unclear_address_leads_nowhere(address):
    assert find(address) is None


def test_each_region_follows_its_parent_and_is_named_in_full():
    seen = {}
    for row in listed():
        assert re.fullmatch(r"\d{6}", row.code)
        assert row.code not in seen
        if row.level == PROVINCE:
            assert row.parent_code is None
            assert row.full_name == row.name
        else:
            parent = seen[row.parent_code]
            assert parent.level < row.level
            assert row.full_name == parent.full_name + row.name
            assert row.code.startswith(parent.code[: 2 * parent.level])
        seen[row.code] = row
    levels = [row.level for row in seen.values()]
    assert (levels.count(PROVINCE), levels.count(CITY)) == (34, 333)
    assert levels.count(DISTRICT) == 2850


def test_every_region_is_found_by_its_full_name():
    lost = [row.full_name for row in listed() if find(row.full_name) != row.code]
    assert lost == []


def test_list_is_the_published_one():
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    assert digest in SOURCE.with_suffix(".md").read_text(encoding="utf-8")


def test_long_text_is_read_quickly():
    find("")
    started = time.thread_time()
    find("朝阳区" * 1_000_000)
    assert time.thread_time() - started < 1


def test_addresses_of_a_real_registry_are_found(registry):
    codes = [find(row["注册地址"]) for row in registry]
    assert all(code and code.startswith("53") for code in codes)
    districts = sum(not code.endswith("00") for code in codes)
    assert districts / len(codes) > 0.89
