"""Announcements of the demo: one for everybody, one for the salespeople, one over."""

from crm.guards.actor import acting
from crm.models import Role
from system.announcements.models import Announcement
from system.demo.clock import day


def enter(people):
    """Publish them, and let some people have read them."""
    sysadmin, head = people["sysadmin"], people["supervisor"]
    announced = (
        (
            sysadmin,
            "系统维护：本周六 20:00 起停机两小时",
            "停机期间无法登录，请提前保存正在填写的内容。恢复时间以通知为准。",
            (1, -6, True),
        ),
        (
            head,
            "年末回款冲刺：请核对到期合同",
            "请在本月内核对名下即将到期的合同，逐一与客户确认续签意向。",
            (3, -20, False),
        ),
        (
            sysadmin,
            "客户名称填写规范",
            "客户名称一律填写营业执照上的全称，简称填入“简称”一栏。",
            (60, 30, False),
        ),
    )
    for by, title, text, (since, until, pinned) in announced:
        with acting(by):
            row = Announcement.objects.create(
                title=title,
                text=text,
                starts_on=day(since),
                ends_on=day(until),
                pinned=pinned,
                published_by=by,
            )
            if by == head:
                row.roles.set(Role.objects.filter(code="salesperson"))
                row.departments.set([head.department])
        row.mark_read(people["infoadmin"] if by == sysadmin else people["sales3"])
