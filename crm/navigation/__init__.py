"""The menu as data: labels, addresses by name, and the right that opens each."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.navigation.items import Group, Item
from crm.navigation.rights import (
    approving,
    counting,
    merging,
    reading,
    registering,
    restoring,
    ruling,
)

#: What the workbench shows of announcements.
ANNOUNCED = "system.announcements.numbers.current"
#: The same of one's own day report.
REPORTED = "sales.numbers.report_of_today"

MENU = (
    Group(
        _("Workbench"),
        "home",
        (
            Item(_("Workbench"), "home"),
            Item(
                pgettext_lazy("menu", "Returned"),
                "returned_list",
                reading,
                number="system.inbox.numbers.returned",
                passing=True,
            ),
            Item(
                pgettext_lazy("menu", "Rejected"),
                "contract_list",
                ("contracts.submit_contract",),
                number="contracts.numbers.rejected",
                passing=True,
                conditions=(("status", "rejected"), ("owner", "me")),
            ),
            Item(
                pgettext_lazy("menu", "Rejected changes"),
                "contract_list",
                ("contracts.submit_contract",),
                number="contracts.numbers.rejected_changes",
                passing=True,
                conditions=(("amendment_state", "rejected"), ("owner", "me")),
            ),
            Item(
                pgettext_lazy("menu", "Rejected quotations"),
                "quotation_list",
                ("sales.submit_quotation",),
                number="sales.numbers.rejected",
                passing=True,
                conditions=(("status", "rejected"), ("owner", "me")),
            ),
            Item(
                pgettext_lazy("menu", "Day reports to read"),
                "dayreport_list",
                ("sales.view_dayreport",),
                of_others=True,
                number="sales.numbers.unread_reports",
                passing=True,
                conditions=(("is_read", "false"), ("whose", "below")),
            ),
            Item(
                pgettext_lazy("menu", "Leads that wait"),
                "lead_list",
                ("sales.change_lead",),
                number="sales.numbers.waiting",
                passing=True,
                conditions=(
                    ("needs", "unassigned"),
                    ("needs", "untouched"),
                    ("needs", "quiet"),
                ),
            ),
        ),
    ),
    Group(
        _("Customer information"),
        "building",
        (
            Item(
                _("Customers"),
                "customer_list",
                ("customers.view_customer",),
                along=("customer_check",),
            ),
            Item(_("Contacts"), "contact_list", ("customers.view_contact",)),
            Item(
                _("Counterparts"),
                "counterpart_list",
                ("customers.view_counterpart",),
                number="customers.numbers.overdue_counterparts",
                along=("counterpart_appraisal",),
            ),
            Item(
                _("Pools"),
                "pool_list",
                ("customers.view_customer", "customers.view_pool"),
            ),
            Item(
                _("Deal registrations"),
                "dealregistration_list",
                ("customers.view_dealregistration",),
            ),
        ),
    ),
    Group(
        _("Sales process"),
        "target",
        (
            Item(_("Leads"), "lead_list", ("sales.view_lead",)),
            Item(_("Opportunities"), "opportunity_list", ("sales.view_opportunity",)),
            Item(_("Quotations"), "quotation_list", ("sales.view_quotation",)),
            Item(
                _("Targets"),
                "target_list",
                ("sales.view_target",),
                number="sales.numbers.target_changes",
            ),
            Item(_("Work plans"), "workplan_list", ("sales.view_workplan",)),
            Item(_("Day reports"), "dayreport_list", ("sales.view_dayreport",)),
            Item(
                _("Team reports"),
                "dayreport_team",
                ("sales.view_dayreport",),
                of_others=True,
            ),
        ),
    ),
    Group(
        _("Interaction feedback"),
        "messages",
        (
            Item(
                _("Interaction feedback"),
                "interaction_list",
                ("feedback.view_interaction",),
            ),
        ),
    ),
    Group(
        _("Contract information"),
        "file-text",
        (
            Item(_("Contracts"), "contract_list", ("contracts.view_contract",)),
            Item(_("Products"), "product_list", ("contracts.view_product",)),
            Item(_("Price lists"), "pricelist_list", ("contracts.view_pricelist",)),
            Item(
                _("Approvals"),
                "approval_list",
                approving,
                number="crm.approval.deciding.waiting",
            ),
            Item(
                _("Receipts"),
                "receipt_list",
                ("contracts.view_receipt",),
                number="contracts.numbers.to_confirm",
            ),
            Item(
                _("Invoices"),
                "invoice_list",
                ("contracts.view_invoice",),
                number="contracts.numbers.to_issue",
            ),
            Item(_("Receivables"), "receivable_list", ("contracts.view_contract",)),
            Item(
                pgettext_lazy("menu", "Credit"),
                "creditassessment_list",
                ("contracts.view_creditassessment",),
                number="contracts.numbers.to_assess",
            ),
        ),
    ),
    Group(
        _("Competitors"),
        "swords",
        (
            Item(_("Competitors"), "competitor_list", ("competitors.view_competitor",)),
            Item(_("Encounters"), "encounter_list", ("competitors.view_encounter",)),
        ),
    ),
    Group(
        _("Industry news"),
        "news",
        (
            Item(_("Industry news"), "newsitem_list", ("competitors.view_newsitem",)),
            Item(
                _("News to take"),
                "feedentry_list",
                ("competitors.add_newsitem",),
                number="competitors.numbers.waiting",
                passing=True,
            ),
        ),
    ),
    Group(
        _("Statistics"),
        "chart-bar",
        (Item(_("Statistics"), "statistics", counting),),
    ),
    Group(
        pgettext_lazy("menu", "Calendar"),
        "calendar",
        (Item(pgettext_lazy("menu", "Calendar"), "calendar"),),
    ),
    Group(
        _("System tools"),
        "settings",
        (
            Item(
                _("Registration inbox"),
                "inbox",
                registering,
                of_others=True,
                number="system.inbox.numbers.waiting",
            ),
            Item(_("People"), "user_list", ("crm.view_user",)),
            Item(_("Departments"), "department_list", ("crm.view_department",)),
            Item(_("Roles"), "role_list", ("crm.view_role",)),
            Item(_("Deputies"), "deputy_list", ("crm.view_deputy",)),
            Item(_("Hand-overs"), "handover_list", ("crm.change_user",)),
            Item(
                _("Dictionaries"), "dictionaryitem_list", ("crm.view_dictionaryitem",)
            ),
            Item(_("Approval rules"), "approvalrule_list", ruling),
            Item(_("Pipelines"), "pipeline_list", ("sales.view_pipeline",)),
            Item(_("Target rules"), "targetrule_list", ("sales.view_targetrule",)),
            Item(_("Assignment rules"), "leadrule_list", ("sales.view_leadrule",)),
            Item(
                _("Recycling rules"),
                "recyclerule_list",
                ("customers.view_recyclerule",),
            ),
            Item(_("Feeds"), "newssource_list", ("competitors.view_newssource",)),
            Item(
                pgettext_lazy("menu", "Papers"),
                "papertemplate_list",
                ("papers.view_papertemplate",),
            ),
            Item(
                _("Announcements"),
                "announcement_list",
                ("announcements.view_announcement",),
            ),
            Item(
                _("Imports"),
                "import_list",
                ("customers.import_customer", "system.view_importrun"),
            ),
            Item(_("Duplicates"), "duplicate_list", merging),
            Item(_("Background jobs"), "job_list", ("jobs.view_job",)),
            Item(_("Backups"), "backup_list", ("backups.view_backup",)),
            Item(_("Operation log"), "log", ("crm.view_historyentry",)),
            Item(_("Sign-in log"), "signins", ("crm.view_historyentry",)),
            Item(_("Seals of the history"), "seal_list", ("jobs.view_schedule",)),
            Item(_("Recycle bin"), "recycle_bin", restoring),
        ),
    ),
)
