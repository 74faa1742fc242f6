"""Import of work plans: a row for each line, those of one plan below each other."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.imports import keys
from crm.imports.declared import Lines
from customers.models import Customer
from sales.guards.plans import REFUSED
from sales.imports.own import OfOneself
from sales.models import WorkPlan, WorkPlanLine
from sales.plans import days_of, subjects_kept


def _within(plan, line):
    """Refuse a line that is due on no day of its plan."""
    first, last = days_of(plan["period"], plan["starts_on"])
    due = line.get("due_on")
    if due and not first <= due <= last:
        raise ValidationError({"due_on": REFUSED["plan_line_due"]})


class WorkPlanImport(OfOneself):
    """Plans of weeks and months; only what is still being written changes.

    A person has one of these days: what they took over from others is not theirs.
    """

    prefixes = ("计划", "工作计划", "plan", "work plan")
    keys = (
        keys.Key(
            ("owner", "period", "starts_on"),
            {},
            {"owner": "planner", "period": "period", "starts_on": "starts_on"},
        ),
    )
    lines = Lines(
        model=WorkPlanLine,
        fields=("subject", "customer", "amount", "due_on", "result"),
        needed=("subject",),
        usual={},
        recognised_by=(
            ("starts_on", "period", "owner"),
            ("starts_on", "period"),
            ("starts_on", "owner"),
            ("starts_on",),
        ),
        complete=lambda line: None,
        refused=_("Row %(row)s of this plan is refused."),
        fits=_within,
        stored=subjects_kept,
    )
    part_relations = {"line_customer": Customer}
    parts = {
        "line_subject": (
            _("line: subject"),
            "事项 工作事项 计划内容 工作内容 任务 内容 item subject task",
            "",
        ),
        "line_customer": (
            _("line: customer"),
            "客户 客户名称 所属客户 公司 customer customer_name account",
            "",
        ),
        "line_amount": (
            _("line: planned amount"),
            "计划金额 预计金额 金额 amount",
            "",
        ),
        "line_due_on": (
            _("line: due on"),
            "完成日期 截止日期 计划完成日期 期限 due_on due_date",
            "",
        ),
        "line_result": (_("line: what came of it"), "结果 完成情况 result", ""),
    }
    lookups = {
        "line_customer": (
            "name",
            "number",
            "credit_code",
            "external_number",
            "short_name",
        ),
    }
    joined = {"goal": "\n"}
    words = {
        "period": {"周": "week", "周计划": "week", "月": "month", "月计划": "month"}
    }
    not_changeable = _(
        "You may not change this plan, or it is not being written any more."
    )
    names = {
        "period": "周期 计划周期 计划类型 period",
        "starts_on": "开始日期 起始日期 计划日期 日期 starts_on start_date",
        "goal": "目标 计划目标 goal",
    }

    def changeable(self):
        """Return the plans that the person may still write."""
        return super().changeable().filter(WorkPlan.open_to("edit"))

    def values_of(self, record):
        """Return what the keys ask of a plan: whoever made it has one of its days."""
        return super().values_of(record) | {"owner": record.planner_id}
