"""The dictionaries of 销售过程, with the options that ship."""

from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

OPPORTUNITY_NEED = Dictionary(
    "opportunity_need",
    _("Reason of the need"),
    (
        ("new_project", "新建项目", "New project"),
        ("extension", "扩建改造", "Extension or conversion"),
        ("replacement", "更新换代", "Replacement"),
        ("saving", "节能降耗", "Saving energy and cost"),
        ("compliance", "政策与合规要求", "Rules to be kept"),
        ("digital", "数字化升级", "Going digital"),
        ("follow_on", "续签与增购", "Renewal or additional purchase"),
        ("other", "其他", "Other"),
    ),
)

CLOSING_REASON = Dictionary(
    "closing_reason",
    _("Reason of winning or losing an opportunity"),
    (
        ("price", "价格", "Price"),
        ("product", "产品与方案", "Product and solution"),
        ("relationship", "客户关系", "Customer relationship"),
        ("service", "服务与交付", "Service and delivery"),
        ("rival", "输给竞品", "Lost to a rival product"),
        ("budget", "客户无预算", "No budget"),
        ("postponed", "项目推迟", "Project postponed"),
        ("cancelled", "项目取消", "Project cancelled"),
        ("need_gone", "需求消失", "The need is gone"),
        ("no_answer", "失去联系", "No answer any more"),
        ("duplicate", "重复录入", "Entered twice"),
        ("other", "其他", "Other"),
    ),
)
