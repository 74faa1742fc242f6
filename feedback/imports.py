"""Import of interactions: follow-ups of an older system, with their day and author."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import dictionaries
from crm.chinese.folding import folded
from crm.imports import keys
from crm.imports.declared import Import
from crm.imports.headers import plain
from crm.text import single_line
from feedback.models import SUBJECT

FOLLOWED_UP = frozenset(("跟进人", "跟进人员"))
#: What may be left out: it is made of the rest, or is the usual.
MADE = frozenset(("subject", "method"))


def moment(text):
    """Return a moment as two writings of it are compared."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


class InteractionImport(Import):
    """Calls, visits and messages; the customer is named by name, number or code.

    Who wrote an old follow-up becomes its reporter and owner; a name that may not be
    named here stands in the content.
    """

    prefixes = ("跟进", "交往", "拜访", "联系", "沟通", "activity", "interaction")
    within = {
        "contact": "customer",
        "opportunity": "customer",
        "contract": "customer",
    }
    keys = (
        keys.Key(
            ("customer", "occurred_at", "subject"),
            {"occurred_at": moment, "subject": folded},
            {"customer": "customer", "occurred_at": "occurred_at"},
        ),
    )
    lookups = {
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
        "contact": ("name", "mobile", "external_number"),
        "opportunity": ("number", "title"),
        "contract": ("number", "external_number", "title"),
    }
    joined = {"content": "\n", "result": "\n", "customer_feedback": "\n"}
    parts = {
        "author": (
            _("author"),
            "跟进人 记录人 拜访人 联系人员 填写人 创建人 作者 author created_by user",
            "",
        ),
    }
    names = {
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 单位 单位名称 企业名称 customer "
            "customer_name account account_name company"
        ),
        "contact": "联系人 联系人姓名 客户联系人 对方人员 contact contact_name",
        "opportunity": "商机 商机编号 商机名称 opportunity opportunity_number deal",
        "contract": "合同 合同编号 合同号 contract contract_number",
        "method": (
            "交往方式 跟进方式 沟通方式 拜访方式 联系方式 方式 类型 method type "
            "activity_type"
        ),
        "occurred_at": (
            "交往时间 跟进时间 跟进日期 拜访时间 拜访日期 联系时间 联系日期 沟通时间 "
            "发生时间 时间 日期 创建时间 date time occurred_at activity_date"
        ),
        "subject": "交往主题 跟进主题 主题 标题 事由 subject title",
        "content": (
            "交往内容 跟进内容 跟进记录 拜访内容 沟通内容 内容 详情 备注 content "
            "description notes comment"
        ),
        "customer_feedback": "客户反馈 客户意见 反馈 feedback",
        "result": "结果 跟进结果 拜访结果 交往结果 result outcome",
        "next_contact_at": (
            "下次联系时间 下次跟进时间 下次跟进日期 下次联系 next_contact next_time"
        ),
        "owner": "负责人 业务员 销售",
    }
    words = {}

    @cached_property
    def targets(self):
        """What columns can fill; what is made of the rest need not be among it."""
        return [
            replace(target, required=False) if target.name in MADE else target
            for target in super().targets
        ]

    def refined(self, found, headers):
        """Take whoever followed up as the author: perhaps they have left."""
        if "author" in found.values():
            return found
        return {
            column: "author"
            if name == "owner" and plain(headers[column]) in FOLLOWED_UP
            else name
            for column, name in found.items()
        }

    def texts(self, cells, mapping):
        """Let the author be who reports it, and the content begin with the subject."""
        found = super().texts(cells, mapping)
        self._sign(found)
        if "subject" not in found and "content" in found:
            lines = str(found["content"][0]).strip().splitlines() or [""]
            found["subject"] = [single_line(lines[0])[:SUBJECT]]
        return found

    def _sign(self, found):
        author = str(found.pop("author", [""])[0]).strip()
        if not author:
            return
        try:
            self.readers["reporter"](author)
        except ValidationError:
            line = gettext("Written by: %s") % author
            found["content"] = [*found.get("content", []), line]
            return
        found.setdefault("reporter", [author])
        if "owner" in self.readers:
            found.setdefault("owner", [author])

    def read(self, texts, related):
        """Take the usual method where no column names one."""
        cleaned, errors = super().read(texts, related)
        if "method" not in texts:
            usual = [
                i
                for i in dictionaries.items_of("interaction_method")
                if i.code == "other"
            ]
            if usual:
                cleaned["method"] = usual[0]
        for name in MADE:
            if not cleaned.get(name) and name not in errors:
                errors[name] = ValidationError(gettext("This field is required."))
        return cleaned, errors
