"""The dictionaries of 竞争信息, with the options that ship."""

from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

COMPETITOR_SIZE = Dictionary(
    "competitor_size",
    _("Competitor size"),
    (
        ("large", "大型", "Large"),
        ("medium", "中型", "Medium"),
        ("small", "小型", "Small"),
        ("micro", "微型", "Micro"),
    ),
)

NEWS_CATEGORY = Dictionary(
    "news_category",
    _("News category"),
    (
        ("policy", "政策法规", "Policy"),
        ("technology", "技术", "Technology"),
        ("market", "市场", "Market"),
        ("competitor", "竞争对手", "Competitor"),
        ("customer", "客户", "Customer"),
        ("tender", "招投标", "Tendering"),
        ("exhibition", "展会", "Exhibition"),
        ("other", "其他", "Other"),
    ),
)

ENCOUNTER_REASON = Dictionary(
    "encounter_reason",
    _("Reason of winning or losing"),
    (
        ("price", "价格", "Price"),
        ("product", "产品功能", "Product features"),
        ("mismatch", "产品不匹配", "Product does not fit"),
        ("quality", "质量", "Quality"),
        ("service", "服务", "Service"),
        ("delivery", "交付", "Delivery"),
        ("brand", "品牌", "Brand"),
        ("relationship", "客户关系", "Customer relationship"),
        ("preference", "客户选择竞品", "Customer prefers the rival product"),
        ("buying_chain", "决策链复杂", "Complex buying chain"),
        ("budget", "预算限制", "Limited budget"),
        ("changed_needs", "需求变化", "Changed needs"),
        ("project_failed", "立项失败", "Project not approved"),
        ("too_long", "周期过长", "Took too long"),
        ("lost_contact", "失联", "Lost contact"),
        ("other", "其他", "Other"),
    ),
)
