"""Import of day reports: one row each, of the last 31 days."""

from django.utils.translation import gettext_lazy as _

from crm.imports import keys
from sales.imports.own import OfOneself
from sales.models import DayReport


class DayReportImport(OfOneself):
    """Reports of some days; what the program knew of one is not kept with it."""

    prefixes = ("日报", "day report", "report")
    keys = (keys.Key(("owner", "day"), {}, {"owner": "owner", "day": "day"}),)
    joined = {"done": "\n", "problems": "\n", "tomorrow": "\n"}
    not_changeable = _("You may not change this report, or it was read already.")
    names = {
        "day": "日期 日报日期 报告日期 汇报日期 day date report_date",
        "done": "今日工作 今日总结 完成工作 完成情况 工作内容 已完成 done summary",
        "problems": "问题 存在问题 困难 需协调 遇到的问题 problems issues",
        "tomorrow": "明日计划 明天计划 下一步计划 计划 tomorrow next plan",
    }

    def changeable(self):
        """Return the reports that the person may still write."""
        return super().changeable().filter(DayReport.open_to("edit"))
