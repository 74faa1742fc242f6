"""Why reports are returned: the reasons that are kept for that, and where they go."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

#: What stands in braces is filled in for the report that is returned; a reason of
#: which something is not known is not offered for it (`system.inbox.reasons`).
RETURN_REASON = Dictionary(
    "return_reason",
    _("Reason of return"),
    (
        ("duplicate", "重复：{duplicate}", "Duplicate: {duplicate}"),
        (
            "customer_first",
            "所属客户“{customer}”尚未登记",
            "Its customer “{customer}” is not registered yet",
        ),
        (
            "incomplete",
            "资料不全，请补充",
            "Incomplete: please add what is missing",
        ),
        (
            "credit_code",
            "统一社会信用代码缺失或有误",
            "The unified social credit code is missing or wrong",
        ),
        (
            "name",
            "名称与营业执照不一致",
            "The name is not that of the business licence",
        ),
        ("not_ours", "不属于报送范围", "Not to be reported"),
    ),
    hint=_(
        "{duplicate} stands for the number of the likely duplicate, {customer} for the"
        " customer that is not registered yet; a reason without what it names is not"
        " offered."
    ),
    place=1000,
)


class ReasonField(models.CharField):
    """A text for which a dictionary offers what is mostly said; in short, a column."""

    dictionary = RETURN_REASON

    def deconstruct(self):
        """Be an ordinary column in migrations: what is offered is no part of it."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options
