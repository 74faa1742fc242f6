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

INTERACTION_METHOD = Dictionary(
    "interaction_method",
    _("Interaction method"),
    (
        ("call", "打电话", "Call"),
        ("visit", "见面拜访", "Visit"),
        ("wechat", "微信", "WeChat"),
        ("email", "发邮件", "E-mail"),
        ("text_message", "发短信", "Text message"),
        ("meeting", "会议", "Meeting"),
        ("video_meeting", "视频会议", "Video meeting"),
        ("event", "活动", "Event"),
        ("exhibition", "展会", "Exhibition"),
        ("other", "其他", "Other"),
    ),
)

INVALID_REASON = Dictionary(
    "invalid_reason",
    _("Reason why a lead is invalid"),
    (
        ("no_need", "没有需求", "No need"),
        ("unreachable", "联系不上", "Cannot be reached"),
        ("wrong_data", "信息有误", "Wrong data"),
        ("no_budget", "没有预算", "No budget"),
        ("rival", "已选竞品", "Has chosen a rival"),
        ("outside", "不在业务范围", "Outside our business"),
        ("duplicate", "重复录入", "Entered twice"),
        ("spam", "垃圾信息", "Spam"),
        ("other", "其他", "Other"),
    ),
)
