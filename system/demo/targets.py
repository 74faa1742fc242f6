"""Targets of the demo: locked and drafts, a change granted and one that waits.

How much they are follows from what the demo sold: some are ahead, some behind.
"""

from decimal import ROUND_UP, Decimal

from django.utils import timezone

from sales.models import Target, TargetRule
from sales.targets import targeting
from sales.targets.attainment import MONTHS, Books, Clock

#: {head: {seller: what they have reached beside the pace}}; one has no target.
TEAMS = {
    "supervisor": {"sales": "0.92", "sales3": "1.08"},
    "supervisor2": {"sales2": "1.03", "sales4": "0.75"},
}
#: Whose target nobody has locked yet.
DRAFTED = "sales4"
#: What departments, and the company, have to reach beyond what their parts have.
MORE = Decimal("1.05")
#: {rule: (the least that somebody has to reach, the step of a month's value)}.
RULES = {"合同额": (240_000, 1000), "回款额": (120_000, 1000), "新增客户": (12, 1)}
ADDED = Decimal("1.1")


def enter(people):
    """Set this year's targets, and ask for two changes."""
    year = timezone.localdate().year
    for rule in TargetRule.objects.filter(name__in=RULES):
        _enter_all(rule, year, people)
    rule = TargetRule.objects.get(name="合同额")
    first, second = (
        Target.objects.get(rule=rule, year=year, person=people[name])
        for name in ("sales", "sales3")
    )
    by = people["sales"]
    change = targeting.ask(
        first, _later(first), by=by, reason="滇池项目推迟到年底签约，部分目标后移。"
    )
    targeting.decide(
        first, change, granted=True, opinion="同意。", by=people["supervisor"]
    )
    by = people["sales3"]
    months = [*second.months[:11], second.months[11] * ADDED]
    targeting.ask(second, months, by=by, reason="接手两家老客户，十二月目标上调。")


def _enter_all(rule, year, people):
    """Set the targets by a rule: of people, of their departments, of the company."""
    books, share = Books(rule, year), Clock(year).share(MONTHS)
    share = max(share, Decimal(1) / 12)
    director, company = people["director"], Decimal(0)
    for head, staff in TEAMS.items():
        whole = Decimal(0)
        for name, pace in staff.items():
            sold = books.of_person(people[name].pk).total(MONTHS)
            wanted = sold / share / Decimal(pace)
            made = _set(rule, year, wanted, people[head], person=people[name])
            whole += made.total
            if name != DRAFTED:
                targeting.lock(made, by=people[head])
        department = people[head].department
        made = _set(rule, year, whole * MORE, people[head], department=department)
        targeting.lock(made, by=director)
        company += made.total
    made = _set(rule, year, company * MORE, director)
    targeting.lock(made, by=director)


def _set(rule, year, wanted, by, **whose):
    """Enter a target with the same value in each month."""
    least, step = RULES[rule.name]
    steps = Decimal(max(wanted, least)) / 12 / step
    value = steps.quantize(Decimal(1), ROUND_UP) * step
    target = Target(
        rule=rule, year=year, **whose, **dict.fromkeys(Target.VALUES, value)
    )
    target.enter(by)
    return Target.objects.get(pk=target.pk)


def _later(target):
    """Return the values with half of the first month's moved to the last one."""
    first, *others, last = target.months
    half = first / 2
    return [first - half, *others, last + half]
