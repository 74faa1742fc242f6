"""Customers of the demo with contacts, file, teams and relations."""

from random import Random

from stdnum.cn import uscc

from crm.dictionaries import items_of
from crm.guards.actor import acting
from customers.models import Contact, Customer, FileEntry, Membership, Relation
from system.demo.clock import day, past
from system.demo.tables import rows

OWNERS = ("sales", "sales2", "sales", "sales3", "sales2", "sales", "supervisor")
STATUSES = ("potential", "interested", "negotiating", "won", "won", "loyal", "lost")
TAGS = ("能耗改造", "重点项目", "年度框架", "招标入围", "老客户转介绍", "样机试用")
#: Telephone area codes by the first four digits of the region.
AREA = {
    "1101": "010",
    "3101": "021",
    "3201": "025",
    "3301": "0571",
    "4201": "027",
    "4401": "020",
    "4403": "0755",
    "4501": "0771",
    "5001": "023",
    "5101": "028",
    "5201": "0851",
    "5301": "0871",
    "5303": "0874",
    "5304": "0877",
    "5329": "0872",
}
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    *("建华", "晓燕", "志强", "丽萍", "文博", "海涛", "雪梅", "国庆", "思远", "玉兰"),
    *("俊杰", "晓东", "慧敏", "立新", "佳怡", "振宇", "春生", "红霞", "明辉", "秀英"),
    *("子涵", "一鸣", "永康", "雅琴", "德胜", "静怡", "培松", "若兰", "长青", "婉清"),
)
POSTS = (
    ("总经理", "总经办", "decision_maker"),
    ("设备部部长", "设备部", "evaluator"),
    ("采购主管", "采购部", "buyer"),
    ("动力车间主任", "动力车间", "user"),
    ("财务总监", "财务部", "influencer"),
    ("信息中心主任", "信息中心", "supporter"),
)
FILES = {
    "relation": "2019 年起采购我方水表，现为省内前五大客户之一，高层每半年互访一次。",
    "strategy": "三年内完成全部厂区的能耗在线监测，申报绿色工厂。",
    "competence": "工艺配方自有，省内渠道覆盖到县，品牌在西南认知度高。",
    "supply_chain": "原料以本地合作社为主，设备备件由三家分销商供应，付款周期 60 天。",
    "market": "西南三省占销售的七成，近两年向华南扩展。",
    "economy": "近三年营收年均增长 8%，资产负债率 46%，银行授信正常。",
    "marketing": "以商超与电商为主，旺季在节前两个月，促销费用占销售的 6%。",
    "production": "两个厂区共 11 条产线，日处理能力 300 吨，三班运转。",
    "quality": "通过 ISO 9001 与 ISO 14001，研发团队 35 人，每年上新 6 个单品。",
    "service": "设客服中心，质量投诉 48 小时内答复。",
    "support": "自有仪表班 6 人，能完成日常校验，复杂故障依赖厂家。",
    "satisfaction": "上年回访评分 4.5 分（满分 5 分），对到货及时性评价最高。",
    "bottlenecks": "旧厂区管网图纸缺失，改造施工须停产，窗口期只有春节前后。",
}


def enter(people):
    """Report customers by their owners, register them; return them in order."""
    chance, found = Random(20261122), []  # noqa: S311 - the same data each time
    registrar = people["infoadmin"]
    for number, row in enumerate(rows("customers")):
        customer = _customer(row, number, chance)
        customer.owner = people[OWNERS[number % len(OWNERS)]]
        if customer.nature == Customer.Nature.PERSON:
            customer.credit_code, customer.employees = "", None
            customer.annual_revenue = None
        customer.enter(customer.owner)
        customer.register(registrar)
        _trust(customer, number, registrar)
        _contacts(customer, number, chance, registrar)
        found.append(customer)
    _know_more(found, people)
    return found


def credit_code(region, number):
    """Return a code of the right form whose check digit fits."""
    digits = f"91{region}MAD{number * 7919 % 1_000_000:06d}"
    return digits + uscc.calc_check_digit(digits)


def _customer(row, number, chance):
    items = {kind: items_of(kind) for kind in ("ownership", "customer_level")}
    level = (0, 1, 1, 2, 1, 0, 2)[number % 7]
    return Customer(
        name=row["name"],
        short_name=row["short_name"],
        kind=row["kind"],
        nature=row["nature"],
        credit_code=credit_code(row["region"], number + 1),
        industry=_item("industry", row["industry"]),
        region_id=row["region"],
        address=row["address"],
        phone=f"{AREA[row['region'][:4]]}-6{chance.randint(2000000, 8999999)}",
        website=f"https://kh{number + 1:02}.example.com" if number % 3 == 0 else "",
        email=f"office@kh{number + 1:02}.example.com" if number % 2 == 0 else "",
        ownership=items["ownership"][(1, 1, 0, 2, 1, 3)[number % 6]],
        employees=chance.choice((28, 65, 120, 260, 480, 900, 1600)),
        annual_revenue=chance.randint(80, 9000) * 100_000,
        level=items["customer_level"][level],
        status=chance.choice(STATUSES),
        source=items_of("customer_source")[number % len(items_of("customer_source"))],
        tags=[TAGS[number % len(TAGS)]] if number % 2 else [],
        created_at=past(20 + number * 11 % 340, 9 + number % 8),
    )


def _trust(customer, number, registrar):
    """Give a customer the grade and limit that the company brought along."""
    grades = items_of("credit_grade")
    customer.credit_grade = grades[(0, 1, 2, 2, 3)[number % 5]]
    customer.credit_limit = (None, 200_000, 500_000, 1_000_000)[number % 4]
    with acting(registrar):
        customer.save(update_fields=["credit_grade", "credit_limit"])


def _contacts(customer, number, chance, registrar):
    """Enter one to three contacts, the first of them the primary one."""
    if customer.nature == Customer.Nature.PERSON:
        return
    for place in range(1 + number % 3):
        title, department, role = POSTS[(number + place) % len(POSTS)]
        seat = number * 3 + place
        contact = Contact(
            customer=customer,
            owner=customer.owner,
            reporter=customer.owner,
            name=SURNAMES[seat * 7 % len(SURNAMES)] + GIVEN[seat % len(GIVEN)],
            gender=("male", "female")[seat % 2],
            title=title,
            department=department,
            decision_role=_item("contact_role", role),
            mobile=f"13{chance.randint(100000000, 999999999)}",
            wechat=f"wx_{seat:04}" if seat % 2 else "",
            birthday=day(9000 + seat * 97),
            primary=place == 0,
            created_at=customer.created_at,
        )
        contact.enter(registrar)


def _know_more(customers, people):
    """Write files, form teams and relate customers to each other."""
    for customer in customers[:4]:
        with acting(customer.owner):
            FileEntry.objects.bulk_create(
                FileEntry(
                    customer=customer,
                    subject=subject,
                    text=text,
                    author=customer.owner,
                    written_on=day(40),
                )
                for subject, text in FILES.items()
            )
    with acting(people["infoadmin"]):
        for place, username, may_write in ((1, "sales", False), (4, "sales3", True)):
            Membership.objects.create(
                customer=customers[place], user=people[username], may_write=may_write
            )
        kinds = Relation.Kind
        for one, kind, other in (
            (3, kinds.SUPPLIES, 20),
            (14, kinds.SUPPLIES, 4),
            (8, kinds.SUPPLIES, 0),
            (48, kinds.PARTNER_OF, 53),
            (45, kinds.INVESTS_IN, 43),
        ):
            Relation.objects.create(
                customer=customers[one], kind=kind, other=customers[other]
            )


def _item(kind, code):
    return next(item for item in items_of(kind) if item.code == code)
