"""How rows lead to people, and what each of these relations means for a leaver.

They are found on the models: whoever adds one says here what it means, or a test names
it. What people have signed stays with their name; what is theirs alone ends with the
account; everything else is handed over, by a line of `system.leaving.lines`.
"""

from django.apps import apps

from crm import approval
from crm.models import Record, User

#: Fields by which somebody has signed what is past: it stays with their name. What is
#: reported and not registered yet is not past: a line hands it on.
SIGNED = frozenset(
    (
        "author",
        "by",
        "changed_by",
        "confirmed_by",
        "decided_by",
        "deleted_by",
        "edited_by",
        "entered_by",
        "issued_by",
        "locked_by",
        "on_behalf_of",
        "planner",
        "published_by",
        "registered_by",
        "reporter",
        "requested_by",
        "signatory",
        "submitted_by",
        "touched_by",
        "undone_by",
        "uploaded_by",
        "voided_by",
    )
)
#: Fields that PostgreSQL keeps after others.
KEPT = frozenset(("customer_owner", "holder"))
#: What is a person's own, and of no use to anybody else: models, or single relations.
OWN = frozenset(
    (
        "account.EmailAddress",
        "announcements.Reading",
        "mfa.Authenticator",
        "crm.Bookmark",
        "crm.Intake",
        "crm.ListSettings",
        "crm.OpenSession",
        "crm.Pin",
        "crm.RoleAssignment",
        "crm.Submission",
        "notices.ByMail",
        "notices.Letter",
        "notices.Notice",
        "notices.Reminded",
        "notices.Unwanted",
        "papers.PaperRun",
        "backups.Backup",
        "bulk.BulkAction",
        "calendar.CalendarEvent",
        "calendar.CalendarFeed",
        "competitors.NewsRead",
        "contracts.Insight",
        "customers.PoolMember",
        "leaving.HandedOver",
        "leaving.Handover",
        "system.ImportRun",
    )
)
#: Who was a party to what stays on file: that stays with their name.
FILED = frozenset(
    ("customers.Party.person", "customers.Ruling.winner", "sales.LeadAssignment.person")
)
#: Whose what tells of them was: that stays with their name, too.
STAYING = frozenset(("crm.DepartmentStay.person", "sales.Target.person"))
#: What passes on by itself: a change that is applied gives the contract to who it
#: names, which is caught at night.
PASSES = frozenset(("contracts.Amendment.owner",))


def relations():
    """Yield every foreign key that leads to a person, the tables between included."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is User:
                yield field


def name_of(field):
    """Return what a relation is called: app.Model.field."""
    return f"{field.model._meta.label}.{field.name}"


def is_owner(field):
    """Say whether it says whose a record is, for somebody else to take it over."""
    is_of_record = field.name == "owner" and issubclass(field.model, Record)
    return is_of_record and not field.model.stays_with_name


def owners():
    """Return the relations of owners to records that others take over from them."""
    owned = filter(is_owner, relations())
    return [field for field in owned if field.model.passes_on is not None]


def is_reporter(field):
    """Say whether it says who brought a record, and gets it back if returned."""
    return field.name == "reporter" and issubclass(field.model, Record)


def is_passed_over(field):
    """Say whether whom it asks is passed over who no longer works here.

    A deputy, the heads above and the last resort decide (`crm.approval.approvers`).
    """
    return issubclass(field.model, approval.Step)


def asked_by_rules():
    """Return the names of the relations by which rules of approval ask somebody."""
    return {
        name_of(field)
        for field in relations()
        if issubclass(field.model, approval.Rule | approval.RuleStep)
        and field.name not in SIGNED
    }


def unclassed(handed):
    """Return the names of relations of which nobody has said what they mean.

    Args:
        handed: the names of those that lines hand over.
    """
    known = PASSES | FILED | STAYING | set(handed)
    return [
        name_of(field)
        for field in relations()
        if not (
            is_owner(field)
            or (
                field.name == "owner" and getattr(field.model, "stays_with_name", False)
            )
            or field.name in SIGNED | KEPT
            or field.model._meta.label in OWN
            or is_passed_over(field)
            or name_of(field) in known
        )
    ]
