"""What the people of the demo have planned for these days."""

from datetime import timedelta

from crm.guards.actor import acting
from customers.models import Customer
from system.calendar.models import CalendarEvent
from system.demo.clock import moment

Ahead = CalendarEvent.Ahead
#: (who, in how many days, at what hour, how many hours, title, place, reminder,
#: whether a customer of theirs comes along).
PLANNED = (
    ("sales", 0, 9, 1, "部门晨会", "三楼会议室", Ahead.TEN, False),
    ("sales", 0, 15, 2, "上门演示新品", "", Ahead.HOUR, True),
    ("sales", 1, 10, 1, "电话回访：交货时间", "", Ahead.THIRTY, True),
    ("sales", 4, 14, 2, "续签谈判", "客户处", Ahead.DAY, True),
    ("sales2", 1, 9, 3, "样机调试", "客户现场", Ahead.TWO_HOURS, True),
    ("supervisor", 0, 17, 1, "周进度检查", "三楼会议室", Ahead.THIRTY, False),
    ("supervisor", 3, 14, 2, "年度合同评审", "", Ahead.DAY, False),
    ("researcher", 2, 9, 8, "行业交流会", "国际会展中心", Ahead.DAY, False),
)


def enter(people):
    """Enter it, each in the calendar of whoever plans it."""
    for name, ahead, hour, hours, title, place, reminder, is_visit in PLANNED:
        person, begins = people[name], moment(-ahead, hour)
        owned = Customer.objects.filter(owner=person).order_by("pk")
        with acting(person):
            CalendarEvent.objects.create(
                person=person,
                title=title,
                starts_at=begins,
                ends_at=begins + timedelta(hours=hours),
                place=place,
                remind_minutes=reminder,
                customer=owned.first() if is_visit else None,
            )
    with acting(people["sales"]):
        fair = CalendarEvent(
            person=people["sales"],
            title="仪器仪表展览会",
            place="国际会展中心",
            starts_at=moment(-6),
            ends_at=moment(-8),
            whole_day=True,
        )
        fair.fill_days()
        fair.save(force_insert=True)
