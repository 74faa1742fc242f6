"""The dictionaries of 合同信息, with the options that ship."""

from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

CONTRACT_KIND = Dictionary(
    "contract_kind",
    _("Contract type"),
    (
        ("direct", "直销", "Direct sale"),
        ("agency", "代理", "Agency"),
        ("service", "服务", "Service"),
        ("quick_sale", "快销", "Quick sale"),
        ("framework", "框架", "Framework"),
        ("renewal", "续签", "Renewal"),
    ),
)

TERMINATION_REASON = Dictionary(
    "termination_reason",
    _("Termination reason"),
    (
        ("agreement", "双方协商解除", "Mutual agreement"),
        ("customer_breach", "客户违约", "Breach by the customer"),
        ("our_breach", "我方违约", "Breach by us"),
        ("customer_closed", "客户停业或破产", "Customer closed or bankrupt"),
        ("project_cancelled", "项目取消", "Project cancelled"),
        ("replaced", "由新合同替代", "Replaced by another contract"),
        ("force_majeure", "不可抗力", "Force majeure"),
        ("other", "其他", "Other"),
    ),
)

PAYMENT_CONDITION = Dictionary(
    "payment_condition",
    _("Payment condition"),
    (
        ("signing", "签约", "Signing"),
        ("shipment", "发货", "Shipment"),
        ("arrival", "到货", "Arrival"),
        ("acceptance", "验收", "Acceptance"),
        ("invoice", "开票", "Invoice"),
        ("warranty", "质保期满", "End of warranty"),
        ("other", "其他", "Other"),
    ),
)

PAYMENT_METHOD = Dictionary(
    "payment_method",
    _("Payment method"),
    (
        ("transfer", "电汇", "Bank transfer"),
        ("online", "网上转账", "Online transfer"),
        ("cheque", "支票", "Cheque"),
        ("draft", "承兑汇票", "Acceptance bill"),
        ("cash", "现金", "Cash"),
        ("postal", "邮政汇款", "Postal order"),
        ("alipay", "支付宝", "Alipay"),
        ("wechat", "微信", "WeChat"),
        ("other", "其他", "Other"),
    ),
)

PRODUCT_UNIT = Dictionary(
    "product_unit",
    _("Product unit"),
    (
        ("piece", "个", "pc"),
        ("block", "块", "block"),
        ("single", "只", "unit"),
        ("handle", "把", "item"),
        ("coin", "枚", "small piece"),
        ("bottle", "瓶", "bottle"),
        ("box", "盒", "box"),
        ("machine", "台", "machine"),
        ("ton", "吨", "t"),
        ("kilogram", "千克", "kg"),
        ("metre", "米", "m"),
        ("case", "箱", "case"),
        ("set", "套", "set"),
        ("article", "件", "article"),
        ("job", "项", "job"),
        ("time", "次", "time"),
        ("year", "年", "year"),
    ),
)
