"""The dictionaries of 客户信息, with the options that ship."""

from django.utils.translation import gettext_lazy as _

from crm.models.dictionaries import Dictionary

#: Its options are the sections of GB/T 4754-2017, the national classification.
INDUSTRY = Dictionary(
    "industry",
    _("Industry"),
    (
        (
            "A",
            "农、林、牧、渔业",
            "Agriculture, forestry, animal husbandry and fishery",
        ),
        ("B", "采矿业", "Mining"),
        ("C", "制造业", "Manufacturing"),
        ("D", "电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water"),
        ("E", "建筑业", "Construction"),
        ("F", "批发和零售业", "Wholesale and retail trade"),
        ("G", "交通运输、仓储和邮政业", "Transport, storage and post"),
        ("H", "住宿和餐饮业", "Hotels and catering"),
        (
            "I",
            "信息传输、软件和信息技术服务业",
            "Information, software and IT services",
        ),
        ("J", "金融业", "Finance"),
        ("K", "房地产业", "Real estate"),
        ("L", "租赁和商务服务业", "Leasing and business services"),
        ("M", "科学研究和技术服务业", "Scientific research and technical services"),
        ("N", "水利、环境和公共设施管理业", "Water, environment and public facilities"),
        ("O", "居民服务、修理和其他服务业", "Household, repair and other services"),
        ("P", "教育", "Education"),
        ("Q", "卫生和社会工作", "Health and social work"),
        ("R", "文化、体育和娱乐业", "Culture, sports and entertainment"),
        (
            "S",
            "公共管理、社会保障和社会组织",
            "Public administration, social security and social organisations",
        ),
        ("T", "国际组织", "International organisations"),
    ),
)

CUSTOMER_SOURCE = Dictionary(
    "customer_source",
    _("Customer source"),
    (
        ("promotion", "促销", "Promotion"),
        ("search_engine", "搜索引擎", "Search engine"),
        ("advertisement", "广告", "Advertisement"),
        ("referral", "转介绍", "Referral"),
        ("online_registration", "线上注册", "Online registration"),
        ("online_inquiry", "线上询价", "Online inquiry"),
        ("appointment", "预约上门", "Appointment"),
        ("cold_visit", "陌拜", "Cold visit"),
        ("telephone", "电话咨询", "Telephone inquiry"),
        ("email", "邮件咨询", "E-mail inquiry"),
        ("exhibition", "展会", "Exhibition"),
        ("website", "官网", "Website"),
        ("existing_customer", "老客户", "Existing customer"),
        ("tender", "招投标", "Tendering"),
        ("other", "其他", "Other"),
    ),
)

CUSTOMER_LEVEL = Dictionary(
    "customer_level",
    _("Customer level"),
    (
        ("A", "A 重点", "A key"),
        ("B", "B 普通", "B ordinary"),
        ("C", "C 非优先", "C low priority"),
    ),
)

OWNERSHIP = Dictionary(
    "ownership",
    _("Ownership form"),
    (
        ("state", "国企", "State-owned"),
        ("private", "民企", "Private"),
        ("foreign", "外资", "Foreign-owned"),
        ("joint_venture", "合资", "Joint venture"),
        ("public_institution", "事业单位", "Public institution"),
        ("government", "政府", "Government"),
        ("collective", "集体企业", "Collective"),
        ("other", "其他", "Other"),
    ),
    other_names={
        "state": "国有企业 国有 国有独资 国有控股 全民所有制 央企 中央企业 地方国企",
        "private": "民营企业 民营 私营企业 私营 私有 个体 个体工商户",
        "foreign": "外资企业 外商独资 外商独资企业 外企 外商投资企业",
        "joint_venture": "合资企业 中外合资 中外合资企业 中外合资经营",
        "collective": "集体所有制 集体 集体所有制企业",
        "government": "政府机关 机关 政府部门 党政机关 行政机关",
        "public_institution": "事业",
    },
)

CREDIT_GRADE = Dictionary(
    "credit_grade",
    _("Credit grade"),
    tuple((grade, grade, grade) for grade in ("AAA", "AA", "A", "B", "C", "D")),
)

CONTACT_ROLE = Dictionary(
    "contact_role",
    _("Decision role"),
    (
        ("decision_maker", "关键决策人", "Decision maker"),
        ("influencer", "影响者", "Influencer"),
        ("evaluator", "技术评估人", "Technical evaluator"),
        ("buyer", "采购人", "Buyer"),
        ("user", "使用者", "User"),
        ("gatekeeper", "把关者", "Gatekeeper"),
        ("supporter", "内部支持者", "Supporter"),
        ("opponent", "反对者", "Opponent"),
    ),
)

RELEASE_REASON = Dictionary(
    "release_reason",
    _("Reason of the return to a pool"),
    (
        ("no_progress", "长期无进展", "No progress for long"),
        ("no_need", "暂无需求", "No need at present"),
        ("unreachable", "联系不上", "Cannot be reached"),
        ("unsuitable", "不适合由我跟进", "Not for me to work on"),
        ("overload", "客户过多", "Too many customers"),
        ("region", "不在负责区域", "Outside my region"),
        ("other", "其他", "Other"),
    ),
)

PRODUCT_CATEGORY = Dictionary(
    "product_category",
    _("Product category"),
    (
        ("hardware", "硬件", "Hardware"),
        ("software", "软件", "Software"),
        ("material", "材料", "Material"),
        ("accessory", "配件", "Accessory"),
        ("consumable", "耗材", "Consumable"),
        ("service", "服务", "Service"),
        ("other", "其他", "Other"),
    ),
)
