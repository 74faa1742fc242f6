"""Import of customers: what Chinese and English files call their columns."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.chinese.folding import folded, telephone
from crm.imports import keys
from crm.imports.cells import address_of, listed_apart
from crm.imports.declared import Companion, Import
from crm.imports.headers import plain
from customers.models import Contact
from customers.models.customers import IN_A_POOL
from customers.similar import similar_to_each

#: Headings of columns that hold a person's own number.
MOBILES = frozenset(("手机", "手机号", "手机号码", "移动电话", "mobile"))


class CustomerImport(Import):
    """Companies from a registry, another CRM or a spreadsheet."""

    prefixes = (
        "客户",
        "企业",
        "公司",
        "单位",
        "账户",
        "customer",
        "account",
        "company",
    )
    given = ("number",)
    compares = True
    keys = (
        keys.number(),
        keys.external(),
        keys.Key(("credit_code",), {}, {"credit_code": "credit_code"}),
        keys.Key(
            ("name", "phone"),
            {"name": folded, "phone": telephone},
            {"name": "name_key"},
            only={"nature": "person"},
        ),
        keys.names(column="name_key"),
    )
    unique = {
        "credit_code": "customer_credit_code_once",
        "external_number": "customer_external_once",
    }
    lookups = {"parent": ("name", "number", "credit_code", "external_number")}
    joined = {"remarks": "\n", "phone": "; ", "region": " "}
    names = {
        "name": (
            "客户名称 客户全称 企业名称 公司名称 单位名称 公司全称 企业全称 "
            "单位全称 客户 名称 全称 公司 企业 单位 机构名称 组织名称 商户名称 "
            "customer_name account_name company_name organization organisation "
            "account company name"
        ),
        "number": "客户编号 customer_number",
        "external_number": (
            "外部编号 客户ID 外部ID 原系统编号 客户代码 客户编码 customer_id "
            "account_id accountnumber account_number external_id oracle_id__c"
        ),
        "short_name": (
            "简称 客户简称 公司简称 企业简称 A股简称 证券简称 别名 short_name alias"
        ),
        "credit_code": (
            "统一社会信用代码 社会信用代码 信用代码 社会统一信用代码 统一信用代码 "
            "税号 纳税人识别号 信用代码证 营业执照号 uscc tax_number credit_code"
        ),
        "kind": "客户类型 客户类别 customer_type",
        "nature": "企业或个人 客户性质 个人或企业",
        "parent": (
            "上级客户 上级单位 母公司 总公司 上级公司 parent subsidiary_of "
            "parent_account parent_company"
        ),
        "industry": "行业 客户行业 所属行业 所在行业 行业类别 industry sector",
        "region": (
            "所在省份 省份 省 省/自治区 所在省 所在城市 城市 市 所在市 地级市 区县 "
            "区 县 所在区县 所属区县 省市区 所在地区 所属地区 地区 区域 所在地 省市 "
            "所属省份 所属城市 region"
        ),
        "address": (
            "注册地址 地址 详细地址 经营地址 办公地址 通讯地址 通信地址 公司地址 "
            "企业地址 联系地址 住所 经营场所 address street billing_street "
            "billing_address"
        ),
        "phone": (
            "电话 联系电话 公司电话 办公电话 固定电话 座机 客户电话 电话号码 手机 "
            "手机号 手机号码 移动电话 联系方式 phone telephone tel mobile "
            "phone_number"
        ),
        "email": "邮箱 电子邮箱 邮件 电子邮件 公司邮箱 email e-mail mail",
        "website": (
            "网址 网站 官网 公司网址 企业网址 公司主页 主页 website url homepage web"
        ),
        "ownership": "企业性质 单位性质 公司性质 所有制 经济性质 ownership",
        "employees": (
            "员工人数 人数 员工数 人员规模 职工人数 从业人数 公司人数 参保人数 "
            "employees num_emp number_of_employees headcount"
        ),
        "annual_revenue": (
            "年营业额 年收入 年销售额 营业收入 年营收 annual_revenue revenue turnover"
        ),
        "level": "级别 客户级别 客户等级 等级 level rating tier",
        "status": "状态 客户状态 客户阶段 status",
        "effective": "是否有效 有效",
        "source": "来源 客户来源 线索来源 获客渠道 source lead_source",
        "credit_grade": "信用等级 资信等级 信用级别",
        "credit_limit": "信用额度 授信额度",
        "tags": "标签 客户标签 tag tags labels",
        "next_contact_at": "下次联系时间 下次跟进时间 next_time next_contact",
        "remarks": (
            "备注 经营范围 主营业务 主营产品 客户备注 简介 公司简介 企业简介 说明 "
            "描述 remark remarks note notes description business_scope rich_text"
        ),
    }
    words = {
        "status": {
            "潜在客户": "potential",
            "未成交": "potential",
            "意向客户": "interested",
            "谈判中": "negotiating",
            "已成交": "won",
            "成交客户": "won",
            "忠诚客户": "loyal",
            "流失客户": "lost",
            "已流失": "lost",
            "无效": "lost",
        },
        "kind": {
            "最终用户": "end_customer",
            "终端客户": "end_customer",
            "直接客户": "end_customer",
            "代理商": "distributor",
            "分销商": "distributor",
            "合作伙伴": "partner",
        },
        "nature": {"公司": "company", "单位": "company", "自然人": "person"},
    }

    parts = {
        "contact_name": (
            _("contact name"),
            "联系人 联系人姓名 联系人名称 主要联系人 首要联系人 contact contact_name "
            "contact_person primary_contact",
            "",
        ),
        "contact_mobile": (_("contact: mobile"), "联系人手机 联系人电话", ""),
        "contact_title": (
            _("contact: job title"),
            "职务 职位 联系人职务 job_title",
            "",
        ),
        "contact_email": (_("contact: e-mail"), "联系人邮箱", ""),
    }
    companion = Companion(Contact, link="customer", named="name", prefix="contact_")

    def refined(self, found, headers):
        """Give a mobile to the contact, where one is named beside it."""
        if "contact_name" not in found.values():
            return found
        return {
            column: "contact_mobile"
            if name == "phone" and plain(headers[column]) in MOBILES
            else name
            for column, name in found.items()
        }

    def texts(self, cells, mapping):
        """Keep one web and one e-mail address in their fields."""
        found = super().texts(cells, mapping)
        if "contact_name" not in found and "contact_mobile" in found:
            found["phone"] = [*found.get("phone", []), *found.pop("contact_mobile")]
        return listed_apart(listed_apart(found, "website"), "email")

    def read(self, texts, related):
        """Take the region from the address where no column names one."""
        cleaned, errors = super().read(texts, related)
        if "region" not in texts and "address" in texts and not errors:
            cleaned["region"] = self.regions.find([], address_of(texts))
        return cleaned, errors

    def against(self, record, changes):
        """Leave it to the verbs of pools who gets what is in one."""
        if record.pool_id is not None and "owner" in changes:
            return {"owner": ValidationError(IN_A_POOL)}
        return super().against(record, changes)

    def similar(self, records, **how):
        """Return what there is already that seems to be the same."""
        return similar_to_each(records, self.user, **how)
