"""A list of companies as another program would have written it, the same each time."""

import csv
import io

from stdnum.cn import uscc

HEADER = (
    *("客户名称", "简称", "统一社会信用代码", "客户类型", "行业", "省份", "城市"),
    *("地址", "电话", "邮箱", "网址", "员工人数", "年营业额", "级别", "状态", "来源"),
    *("负责人", "备注"),
)
PLACES = (
    ("云南省", "昆明市", "盘龙区北京路", "530103", "0871"),
    ("广东省", "深圳市", "南山区科技园路", "440305", "0755"),
    ("浙江省", "杭州市", "西湖区文三路", "330106", "0571"),
    ("北京市", "", "海淀区中关村大街", "110108", "010"),
    ("四川省", "成都市", "武侯区天府大道", "510107", "028"),
)
PARTS = ("华夏", "东方", "云岭", "金桥", "海川", "星辰", "瑞丰", "中科", "长江", "嘉禾")
SIGNS = "甲乙丙丁戊己庚辛壬癸天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
TRADES = (
    "科技",
    "贸易",
    "机械",
    "能源",
    "医疗",
    "物流",
    "建材",
    "电子",
    "食品",
    "软件",
)
#: What is wrong with a bad row: the place of a cell, and what stands there; the last
#: ones are those of its contact.
FAULTS = ((0, ""), (2, "91530103MA0000000X"), (9, "无@"), (13, "特级"), (-1, "坏@"))
STATES = ("潜在", "意向", "谈判", "成交", "忠诚", "流失")


def table(rows):
    """Return the file: a header and so many companies, as CSV in GB 18030."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADER)
    lines.writerows(map(company, range(rows)))
    return text.getvalue().encode("gb18030")


def half_bad(rows):
    """Return a file of companies with a contact each; every other row is refused."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow((*HEADER, "联系人", "手机", "联系人邮箱"))
    for n in range(rows):
        sign = SIGNS[n % len(SIGNS)] + SIGNS[n // len(SIGNS) % len(SIGNS)]
        cells = [*company(n), f"王{sign}", f"139{n:08}", f"p{n}@example.com"]
        if n % 2:
            place, bad = FAULTS[n // 2 % len(FAULTS)]
            cells[place] = bad
        lines.writerow(cells)
    return text.getvalue().encode("gb18030")


def company(n):
    """Return the cells of the n-th company."""
    province, city, street, district, area = PLACES[n % 5]
    brand = PARTS[n % 10] + "".join(
        SIGNS[n // len(SIGNS) ** k % len(SIGNS)] for k in range(4)
    )
    trade = TRADES[n // 10 % 10]
    code = f"91{district}MA{n:07}"
    code += uscc.calc_check_digit(code)
    return (
        f"{city[:2] or province[:2]}{brand}{trade}有限公司",
        brand,
        code,
        "代理商" if n % 9 == 0 else "最终用户",
        "ABCDEFGHIJ"[n % 10],
        province,
        city,
        f"{street}{n % 900 + 1}号{n % 30 + 1}层",
        f"{area}-{60_000_000 + n}" if n % 3 else f"138{n:08}",
        f"info{n}@example.com" if n % 4 else "",
        f"www.example{n}.com" if n % 5 == 0 else "",
        n % 5000 or "",
        f"{n * 37 % 9_000_000}.50" if n % 2 else "",
        "ABC"[n % 3],
        STATES[n % 6],
        "",
        f"seller{n % 10}" if n % 2 else "",
        f"{trade}产品的研发、生产与销售。" if n % 3 else "",
    )
