"""Import of targets: a row for each, with a column for every month."""

from functools import cached_property

from django.utils.translation import gettext_lazy

from crm.imports import keys, options
from crm.imports.declared import Import
from sales.models import Target

ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - in their order
#: What is compared of any target stands in columns of the same names.
WHICH = {"rule": "rule", "year": "year"}


def _months():
    """Return {column: what files call it} of the months."""
    pairs = enumerate(zip(Target.VALUES, ENGLISH, strict=True), start=1)
    return {
        name: f"{number}月 {number}月份 {number:02}月 {number}月目标 {short} m{number}"
        for number, (name, short) in pairs
    }


class TargetImport(Import):
    """Targets, known by rule, year and for whom they are; only drafts change.

    Neither a department nor a person in a row: the company's.
    """

    prefixes = ("目标", "业绩目标", "销售目标", "target")
    keys = (
        keys.Key((*WHICH, "person"), columns=WHICH | {"person": "person"}),
        keys.Key((*WHICH, "department"), columns=WHICH | {"department": "department"}),
        keys.Key(
            tuple(WHICH), columns=WHICH, only={"person": None, "department": None}
        ),
    )
    not_changeable = gettext_lazy("You may not change this target, or it is locked.")
    joined = {"note": "\n"}
    names = {
        "rule": "规则 目标规则 指标 目标类型 考核指标 rule metric",
        "year": "年度 年份 年 year",
        "department": "部门 所属部门 department",
        "person": (
            "人员 姓名 业务员 销售 销售人员 员工 用户名 person name username "
            "salesperson"
        ),
        **_months(),
        "note": "说明 备注 note remarks",
    }

    @cached_property
    def readers(self):
        """Read rules and departments by their names, people by theirs or usernames."""
        fields = self.form.fields
        return super().readers | {
            "rule": options.named(fields["rule"]),
            "department": options.named(fields["department"]),
            "person": options.people(fields["person"], self.user),
        }

    def changeable(self):
        """Return the targets that the person may still write."""
        return super().changeable().filter(status=Target.Status.DRAFT)
