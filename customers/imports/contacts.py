"""Import of contacts."""

from django.utils.translation import gettext_lazy as _

from crm.chinese.folding import email, telephone
from crm.imports import keys
from crm.imports.cells import listed_apart
from crm.imports.declared import Import
from crm.text import has_ideograph


class ContactImport(Import):
    """People at customers; the customer is named by name, number or credit code."""

    prefixes = ("联系人", "contact")
    parts = {
        "family_name": (_("family name"), "姓 姓氏 last_name surname lastname", "name"),
        "given_name": (_("given name"), "名 first_name firstname forename", "name"),
        "middle_name": (_("middle name"), "middlename", "name"),
    }
    hints = {
        "customer": _(
            "Every contact belongs to a customer. A private address book has no such "
            "column: add one with the customer's name."
        )
    }
    joined = {"remarks": "\n", "phone": "; ", "mobile": "; ", "email": "; "}
    keys = (
        keys.external(),
        keys.within("customer", "mobile", telephone),
        keys.within("customer", "email", email),
        keys.names("customer", within="customer"),
    )
    unique = {"external_number": "contact_external_once"}
    lookups = {
        "customer": ("name", "number", "credit_code", "external_number", "short_name")
    }
    names = {
        "external_number": (
            "外部编号 联系人ID 联系人编号 外部ID contact_id record_id external_id"
        ),
        "customer": (
            "客户 客户名称 所属客户 公司 公司名称 单位 单位名称 企业名称 工作单位 "
            "customer customer_name account account_name company organization "
            "company_name organization_name"
        ),
        "name": (
            "姓名 联系人 联系人姓名 联系人名称 名字 name full_name contact_name contact"
        ),
        "gender": "性别 sex gender",
        "title": "职务 职位 岗位 头衔 job_title title position post",
        "department": "部门 所在部门 department",
        "decision_role": "决策角色 决策人 角色 role",
        "primary": "首要联系人 主要联系人 是否首要联系人 默认联系人 primary",
        "mobile": (
            "手机 手机号 手机号码 移动电话 mobile mobile_phone cell cellphone "
            "cell_phone 手机1 手机2"
        ),
        "phone": (
            "电话 办公电话 座机 固定电话 联系电话 phone telephone tel business_phone "
            "work_phone phone_number contact_numbers business_phone_2"
        ),
        "email": "邮箱 电子邮箱 邮件 电子邮件 email e-mail email_address "
        "e-mail_address "
        "emails e-mail_2_address e-mail_3_address",
        "wechat": "微信 微信号 wechat",
        "birthday": "生日 出生日期 birthday date_of_birth",
    }
    words = {"gender": {"先生": "male", "女士": "female", "m": "male", "f": "female"}}

    def texts(self, cells, mapping):
        """Put a name together, and keep one e-mail address in its field."""
        found = super().texts(cells, mapping)
        parts = {name: found.pop(name, [""])[0] for name in self.parts}
        if "name" not in found and (name := full_name(**parts)):
            found["name"] = [name]
        return listed_apart(found, "email")


def full_name(family_name, given_name, middle_name=""):
    """Return a name in the order of its language: 欧阳例, Anna Muster."""
    parts = [family_name, given_name]
    if not all(isinstance(part, str) for part in parts):
        return ""
    if has_ideograph("".join(parts)):
        return "".join(parts)
    return " ".join(filter(None, (given_name, middle_name, family_name)))
