"""Import of counterparts: who looks after what, from the lists that heads keep."""

from dataclasses import replace
from functools import cached_property

from crm.chinese.folding import folded
from crm.imports import keys, options
from crm.imports.declared import Import


class CounterpartImport(Import):
    """Who of us speaks with whom at which customer; the contact is one of theirs.

    A matter at a customer is known by its words and the contact, without a contact by
    the person.
    """

    prefixes = ("对口", "对口联系", "counterpart")
    within = {"contact": "customer"}
    keys = (
        keys.Key(
            ("customer", "subject", "contact"),
            {"subject": folded},
            {"customer": "customer", "subject": "subject", "contact": "contact"},
            weak=True,
        ),
        keys.Key(
            ("customer", "subject", "owner"),
            {"subject": folded},
            {"customer": "customer", "subject": "subject", "owner": "owner"},
            weak=True,
            only={"contact": None},
        ),
    )
    lookups = {
        "customer": ("name", "number", "credit_code", "external_number", "short_name"),
        "contact": ("name", "mobile", "external_number"),
    }
    names = {
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 单位 单位名称 对口客户 customer "
            "customer_name account company"
        ),
        "subject": "对口事项 事项 对口业务 业务 职责 subject matter",
        "their_department": (
            "对方部门 客户部门 对口部门 对方责任部门 客户方部门 their_department"
        ),
        "contact": (
            "联系人 联系人姓名 对方联系人 客户联系人 对方责任人 对口联系人 contact "
            "contact_name"
        ),
        "our_department": "我方部门 责任部门 主责部门 我方责任部门 our_department",
        "rhythm_days": (
            "联系周期 联系周期（天） 周期 联系频率 沟通周期 联系间隔 rhythm rhythm_days"
        ),
        "since": "开始日期 起始日期 开始 自 since start_date",
        "until": "结束日期 终止日期 结束 至 until end_date",
        "remarks": "备注 说明 remarks notes",
        "owner": "我方负责人 负责人 责任人 我方责任人 对口人 owner",
    }

    @cached_property
    def targets(self):
        """What columns can fill; where none says since when, it is today."""
        return [
            replace(target, required=False) if target.name == "since" else target
            for target in super().targets
        ]

    @cached_property
    def readers(self):
        """Read departments by their names."""
        department = self.form.fields["our_department"]
        return super().readers | {"our_department": options.named(department)}
