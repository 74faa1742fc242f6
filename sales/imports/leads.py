"""Import of leads: lists from fairs, campaigns, other systems."""

from crm.chinese.folding import email, folded, telephone
from crm.imports import keys
from crm.imports.declared import Import
from sales.leads.assigning import assign_by_rules, is_in_use
from sales.leads.presence import keeps_own
from sales.models import Lead

#: What keeps the name of a company as two writings of it are compared.
KEPT = {"company": "company_key"}


class LeadImport(Import):
    """Leads, known by the company and a way to reach it, else by its name."""

    prefixes = ("线索", "潜客", "lead")
    keys = (
        keys.Key(("company", "mobile"), {"company": folded, "mobile": telephone}, KEPT),
        keys.Key(("company", "email"), {"company": folded, "email": email}, KEPT),
        keys.Key(("company",), {"company": folded}, KEPT, weak=True),
    )
    joined = {"need": "\n", "phone": "; ", "region": " "}
    names = {
        "company": (
            "公司 公司名称 企业 企业名称 单位 单位名称 客户 客户名称 线索名称 company "
            "company_name account organization"
        ),
        "person": "姓名 联系人 联系人姓名 name full_name contact contact_name",
        "title": "职务 职位 岗位 job_title title position",
        "mobile": "手机 手机号 手机号码 移动电话 mobile mobile_phone cell",
        "phone": "电话 办公电话 座机 固定电话 联系电话 phone telephone tel",
        "email": "邮箱 电子邮箱 邮件 email e-mail email_address",
        "wechat": "微信 微信号 wechat",
        "source": "来源 线索来源 客户来源 渠道 source lead_source",
        "region": "地区 省市 所在地区 省份 城市 region province city",
        "industry": "行业 所属行业 industry",
        "budget": "预算 预算金额 预计金额 budget amount",
        "expected_on": "预计采购日期 预计成交日期 采购时间 expected_on close_date",
        "need": "需求 需求描述 备注 说明 描述 need requirement description remarks",
        "consent": "同意方式 授权方式 consent",
        "consented_on": "同意日期 授权日期 consented_on",
    }

    def after_storing(self, records):
        """Let those that came to nobody but who imports them go by the rules.

        Whoever works on what they bring keeps them.
        """
        user = self.user
        if keeps_own(user) or not is_in_use():
            return
        ids = [record.pk for record in records if record.owner_id == user.pk]
        rows = Lead.objects.registered().filter(
            pk__in=ids, status=Lead.Status.UNASSIGNED
        )
        assign_by_rules(list(rows.order_by("pk")), user)
