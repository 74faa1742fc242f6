"""Import of contacts."""

from crm.folding import email, telephone
from customers.forms import ContactForm
from system.imports import keys
from system.imports.importer import Importer


class ContactImport(Importer):
    """People at customers; the customer is named by name, number or credit code."""

    form_class = ContactForm
    prefixes = ("联系人", "contact")
    keys = (
        keys.external(),
        keys.within("customer", "mobile", telephone),
        keys.within("customer", "email", email),
        keys.names("customer", within="customer"),
    )
    unique = {"external_number": "contact_external_once"}
    lookups = {"customer": ("name", "number", "credit_code", "short_name")}
    names = {
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 单位 单位名称 企业名称 工作单位 "
            "customer customer_name account account_name company organization"
        ),
        "name": (
            "姓名 联系人 联系人姓名 联系人名称 名字 name full_name contact_name contact"
        ),
        "gender": "性别 sex gender",
        "title": "职务 职位 岗位 头衔 job_title title position post",
        "department": "部门 所在部门 department",
        "decision_role": "决策角色 决策人 角色 role",
        "primary": "首要联系人 主要联系人 是否首要联系人 默认联系人 primary",
        "mobile": ("手机 手机号 手机号码 移动电话 mobile mobile_phone cell cellphone"),
        "phone": (
            "电话 办公电话 座机 固定电话 联系电话 phone telephone tel business_phone"
        ),
        "email": "邮箱 电子邮箱 邮件 电子邮件 email e-mail email_address emails",
        "wechat": "微信 微信号 wechat",
        "birthday": "生日 出生日期 birthday date_of_birth",
    }
    words = {"gender": {"先生": "male", "女士": "female", "m": "male", "f": "female"}}
