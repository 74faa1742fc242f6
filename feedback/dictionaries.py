"""The dictionaries of 交往反馈, with the options that ship."""

from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

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
