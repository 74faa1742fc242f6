"""Where the fields of every kind stand, and in which order: others rely on that.

Bookmarks name the parameters, programs the fields of forms and pages, files that
people keep the headings of exports and templates. A new field may come among them;
none of these goes away, changes its name or its place beside the others.
"""

import pytest
from django.apps import apps

from tests.site.field_places import places

pytestmark = pytest.mark.django_db

PLACES = {
    "customers.customer": {
        "form": (
            "name short_name kind nature credit_code industry ownership parent "
            "external_number region address phone email website employees "
            "annual_revenue credit_grade credit_limit status level source "
            "effective next_contact_at tags remarks owner reporter"
        ),
        "page": (
            "number short_name kind nature credit_code industry ownership "
            "parent external_number status level source effective "
            "last_contact_at next_contact_at tags remarks region address phone "
            "email website employees annual_revenue credit_grade credit_limit "
            "owner reporter entered_by created_at changed_by changed_at"
        ),
        "list": (
            "name number region phone level status owner last_contact_at "
            "next_contact_at"
        ),
        "conditions": (
            "q status level kind region owner idle_days_min number name "
            "short_name nature credit_code external_number parent industry "
            "address phone email website ownership employees_min employees_max "
            "annual_revenue_min annual_revenue_max effective source "
            "credit_grade credit_limit_min credit_limit_max tags remarks "
            "last_contact_at_after last_contact_at_before next_contact_at_after "
            "next_contact_at_before reporter registration created_at_after "
            "created_at_before changed_at_after changed_at_before"
        ),
        "export": (
            "客户名称,客户编号,简称,客户类型,企业或个人,统一社会信用代码,外部编号,上级公司,"
            "客户行业,地区,地址,电话,电子邮箱,网址,企业性质,员工人数,年营业额（元）,"
            "客户级别,客户状态,是否有效,客户来源,信用等级,信用额度（元）,客户标签,备注,"
            "负责人,报送人,登记状态,最后联系时间,下次联系时间,创建时间,修改时间"
        ),
        "template": (
            "客户名称,客户类型,企业或个人,客户状态,简称,统一社会信用代码,外部编号,上级公司,"
            "客户行业,地区,地址,电话,电子邮箱,网址,企业性质,员工人数,年营业额（元）,"
            "客户级别,是否有效,客户来源,信用等级,信用额度（元）,客户标签,备注,下次联系时间,"
            "负责人,报送人,客户编号,联系人姓名,联系人：手机,联系人：职务,联系人：电子邮箱"
        ),
    },
    "customers.contact": {
        "form": (
            "customer name gender title department decision_role primary mobile "
            "phone email wechat birthday external_number remarks reporter"
        ),
        "page": (
            "customer name gender title department decision_role primary mobile "
            "phone email wechat birthday external_number remarks reporter"
        ),
        "list": (
            "name customer title department decision_role mobile phone email "
            "wechat primary"
        ),
        "conditions": (
            "q customer decision_role primary name gender title department "
            "mobile phone email wechat birthday_after birthday_before "
            "external_number remarks owner reporter registration "
            "created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "联系人姓名,客户,性别,职务,部门,决策角色,手机,电话,电子邮箱,微信,生日,"
            "首要联系人,外部编号,备注,报送人,登记状态,创建时间,修改时间"
        ),
        "template": (
            "客户,联系人姓名,性别,职务,部门,决策角色,首要联系人,手机,电话,电子邮箱,微信,"
            "生日,外部编号,备注,报送人,姓,名,中间名"
        ),
    },
    "feedback.interaction": {
        "form": (
            "customer contact contract method occurred_at subject content "
            "customer_feedback result next_contact_at owner reporter"
        ),
        "page": (
            "customer contact contract method occurred_at subject content "
            "customer_feedback result next_contact_at owner reporter entered_by "
            "created_at"
        ),
        "list": (
            "subject customer contact method occurred_at customer_feedback "
            "next_contact_at owner"
        ),
        "conditions": (
            "q customer method occurred_at_after occurred_at_before contact "
            "contract subject content customer_feedback result "
            "next_contact_at_after next_contact_at_before owner reporter "
            "registration created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "交往主题,客户,联系人,合同,交往方式,交往时间,内容,客户反馈,交往结果,"
            "下次联系时间,负责人,报送人,登记状态,创建时间,修改时间"
        ),
    },
    "contracts.product": {
        "form": (
            "code name category unit price on_sale external_number description "
            "owner reporter"
        ),
        "page": (
            "code name category unit price on_sale external_number description "
            "owner reporter"
        ),
        "list": "name code category unit price on_sale",
        "conditions": (
            "q category on_sale price_min price_max code name unit "
            "external_number description owner reporter registration "
            "created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "产品名称,产品编码,产品分类,计量单位,定价（元）,上架,外部编号,说明,负责人,"
            "报送人,登记状态,创建时间,修改时间"
        ),
        "template": (
            "产品编码,产品名称,产品分类,计量单位,定价（元）,上架,外部编号,说明,负责人,"
            "报送人"
        ),
    },
    "contracts.contract": {
        "form": (
            "title customer kind amount tax_rate external_number signed_on "
            "starts_on ends_on signatory contact owner reporter terms"
        ),
        "page": (
            "number title customer kind amount tax_rate external_number "
            "signed_on starts_on ends_on signatory contact terms owner reporter "
            "edited_by"
        ),
        "list": (
            "number title customer kind amount status amendment_state signed_on "
            "ends_on owner"
        ),
        "conditions": (
            "q status kind customer amount_min amount_max owner product number "
            "title tax_rate_min tax_rate_max signed_on_after signed_on_before "
            "starts_on_after starts_on_before ends_on_after ends_on_before "
            "signatory contact terms external_number amendment_state "
            "edition_min edition_max completed_on_after completed_on_before "
            "terminated_on_after terminated_on_before termination_reason "
            "reporter registration created_at_after created_at_before "
            "changed_at_after changed_at_before"
        ),
        "export": (
            "合同编号,合同名称,客户,合同类型,合同金额（元）,税率（%）,合同状态,变更,"
            "签订日期,生效日期,到期日期,我方签约人,对方联系人,合同条款,外部编号,版本,"
            "完成日期,终止日期,终止原因,负责人,报送人,登记状态,创建时间,修改时间"
        ),
        "template": (
            "合同名称,客户,合同类型,合同金额（元）,税率（%）,签订日期,生效日期,到期日期,"
            "我方签约人,合同条款,外部编号,负责人,报送人,合同编号"
        ),
    },
    "competitors.competitor": {
        "form": (
            "name short_name aliases kind threat size region website strengths "
            "weaknesses strategy owner reporter"
        ),
        "page": (
            "strengths weaknesses strategy name short_name aliases kind threat size "
            "region website owner reporter"
        ),
        "list": "name short_name kind threat size region strengths",
        "conditions": (
            "q kind threat size region name short_name aliases website "
            "strengths weaknesses strategy owner reporter registration "
            "created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "竞争对手名称,简称,别名,竞争类型,威胁等级,竞争对手规模,地区,网址,优势,劣势,"
            "应对策略,负责人,报送人,登记状态,创建时间,修改时间"
        ),
        "template": (
            "竞争对手名称,竞争类型,威胁等级,简称,别名,竞争对手规模,地区,网址,优势,劣势,"
            "应对策略,负责人,报送人"
        ),
    },
    "competitors.encounter": {
        "form": (
            "competitor customer contract happened_on offered_product price "
            "position outcome reason remarks owner reporter"
        ),
        "page": (
            "competitor customer contract happened_on offered_product price "
            "position outcome reason remarks owner reporter"
        ),
        "list": (
            "title offered_product price position outcome reason happened_on owner"
        ),
        "conditions": (
            "q competitor customer outcome happened_on_after contract "
            "offered_product price_min price_max position reason "
            "happened_on_before remarks owner reporter registration "
            "created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "交锋,竞争对手,客户,合同,对方产品,对方报价（元）,我方形势,结果,输赢原因,"
            "发生日期,备注,负责人,报送人,登记状态,创建时间,修改时间"
        ),
    },
    "competitors.newsitem": {
        "form": (
            "title category importance published_on source link summary body "
            "industries region customers competitors products valid_until owner "
            "reporter"
        ),
        "page": (
            "category importance published_on source link summary body "
            "industries region valid_until customers competitors products owner "
            "reporter"
        ),
        "list": "title category importance source published_on summary valid_until",
        "conditions": (
            "q category importance read published_on_after industries customers "
            "competitors products title source link published_on_before summary "
            "body region valid_until_after valid_until_before owner reporter "
            "registration created_at_after created_at_before changed_at_after "
            "changed_at_before"
        ),
        "export": (
            "标题,动态类别,重要程度,信息来源,链接,发布日期,摘要,正文,地区,相关行业,"
            "有效期至,负责人,报送人,登记状态,创建时间,修改时间"
        ),
    },
}


@pytest.mark.parametrize("label", PLACES)
def test_what_stands_somewhere_stays_there(label, zhang, lina, sign_in):
    found = places(apps.get_model(label), zhang, sign_in(lina))
    for place, names in PLACES[label].items():
        named = names.split("," if "," in names else None)
        stay = [name for name in found[place] if name in named]
        assert stay == named, place
