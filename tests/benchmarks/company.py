"""A company with many customers, the same at every run."""

from crm.models import Department, DictionaryItem, Region
from customers.models import Customer
from tests.factories import stamps
from tests.people import hire

PARTS = ("华夏", "东方", "云岭", "金桥", "海川", "星辰", "瑞丰", "中科", "长江", "嘉禾")
TRADES = ("科技", "贸易", "机械", "能源", "医疗", "物流", "建材")
STATES = Customer.Status.values


def found(customers):
    """Fill the database and return the supervisor of its one department."""
    department = Department.objects.create(name="销售部")
    supervisor = hire("head", "赵强", "supervisor", department=department)
    department.head = supervisor
    department.save()
    sellers = [
        hire(f"seller{n}", f"业务员{n}", "salesperson", department=department)
        for n in range(10)
    ]
    items = {
        kind: list(DictionaryItem.objects.filter(kind=kind))
        for kind in ("industry", "customer_level")
    }
    regions = list(Region.objects.filter(level=3))
    Customer.objects.bulk_create(
        (a_customer(n, sellers, items, regions) for n in range(customers)),
        batch_size=1000,
    )
    return supervisor


def a_customer(n, sellers, items, regions):
    """Return the n-th customer."""
    return Customer(
        name=f"{PARTS[n % 10]}{TRADES[n // 10 % 7]}{n}有限公司",
        phone=f"138{n:08}",
        status=STATES[n % 6],
        industry=items["industry"][n % len(items["industry"])],
        level=items["customer_level"][n % len(items["customer_level"])],
        region=regions[n % len(regions)],
        **stamps(sellers[n % len(sellers)]),
    )
