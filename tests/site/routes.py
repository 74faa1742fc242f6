"""The address table of the house, and what it cannot say itself, as literal tables.

A route of a generic page explains itself by the `model` and `action` of its view.
Every other one stands in a table here; one that stands nowhere fails the walk.
"""

from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, get_resolver

#: Open to everybody, signed in or not.
PUBLIC = {
    "account_login": "GET POST",
    "account_logout": "POST",
    "account_reset_password": "GET POST",
    "account_reset_password_done": "GET",
    "account_reset_password_from_key": "GET POST",
    "account_reset_password_from_key_done": "GET",
    "account_inactive": "GET",
    "mfa_authenticate": "GET POST",
    "language": "POST",
    "theme": "POST",
    "health": "GET",
    "calendar_feed": "GET",
}
#: Open to everybody who is signed in; what they show differs.
COMMON = {
    "home": "GET",
    "help": "GET",
    "help_words": "GET",
    "commands": "GET",
    "first_steps_end": "POST",
    "tour": "POST",
    "search": "GET",
    "bookmarks": "GET",
    "options": "GET",
    "profile": "GET POST",
    "notice_list": "GET",
    "announcement_list": "GET",
    "pool_list": "GET",
    "pool_customers": "GET",
    "pooled_customer": "GET",
    "collision_detail": "GET",
    "collision_ruling": "POST",
    "collision_appeal": "POST",
    "calendar": "GET",
    "dayreport_of_person": "GET",
    "calendar_feed_settings": "GET POST",
    "announcement_detail": "GET",
    "announcement_reading": "POST",
    "job_list": "GET",
    "job_detail": "GET",
    "job_cancel": "POST",
    "job_retry": "POST",
    "bulk_list": "GET",
    "bulk_detail": "GET POST",
    "bulk_undo": "POST",
    "paper_run": "GET",
    "paper_run_file": "GET",
    "returned_list": "GET",
    "notice_read": "POST",
    "notice_settings": "GET POST",
    "list_settings": "GET POST",
    "list_views": "GET",
    "savedview_list": "GET",
    "savedview_create": "GET POST",
    "savedview_update": "GET POST",
    "savedview_delete": "GET POST",
    "savedview_query": "POST",
    "savedview_pin": "POST",
    "savedview_move": "POST",
    "savedview_first": "POST",
    "account_change_password": "GET POST",
    "account_reauthenticate": "GET POST",
    "mfa_index": "GET",
    "mfa_reauthenticate": "GET POST",
    "mfa_activate_totp": "GET POST",
    "mfa_deactivate_totp": "GET POST",
    "mfa_view_recovery_codes": "GET",
    "mfa_generate_recovery_codes": "GET POST",
    "mfa_download_recovery_codes": "GET",
    "session_end": "POST",
    "session_end_others": "POST",
}
#: One kind of record: {name: (methods, action, kind)}; without a kind the address
#: names it.
BY_ACTION = {
    "history": ("GET", "view", None),
    "timeline": ("GET", "view", None),
    "seen": ("POST", "view", None),
    "star": ("POST", "view", None),
    "customer_file": ("GET", "view", "customers.Customer"),
    "customer_file_entry": ("GET POST", "change", "customers.Customer"),
    "customer_relations": ("GET", "view", "customers.Customer"),
    "customer_relation_create": ("GET POST", "change", "customers.Customer"),
    "customer_relation_delete": ("POST", "change", "customers.Customer"),
    "customer_team": ("GET", "view", "customers.Customer"),
    "customer_ownerships": ("GET", "view", "customers.Customer"),
    "customer_member_create": ("GET POST", "change", "customers.Customer"),
    "customer_member_delete": ("POST", "change", "customers.Customer"),
    "lead_assignment": ("GET POST", "change", "sales.Lead"),
    "lead_conversion": ("GET POST", "change", "sales.Lead"),
    "receipt_allocation": ("GET POST", "confirm", "contracts.Receipt"),
    "contract_instalments": ("GET POST", "change", "contracts.Contract"),
    "contract_amendment": ("GET POST", "view", "contracts.Contract"),
    "contract_amendment_update": ("GET POST", "change", "contracts.Contract"),
    "amendment_attachment_list": ("POST", "change", "contracts.Contract"),
    "amendment_attachment": ("GET", "view", "contracts.Contract"),
    "amendment_attachment_delete": ("POST", "change", "contracts.Contract"),
    "inbox_review": ("GET", "register", None),
    "registration": ("POST", "register", None),
    "registration_return": ("POST", "register", None),
    "report": ("POST", "change", None),
    "customer_similar": ("GET", "add", "customers.Customer"),
    "dayreport_facts": ("GET", "add", "sales.DayReport"),
    "handover_list": ("GET", "change", "crm.User"),
    "handover_detail": ("GET", "change", "crm.User"),
    "handover_go_on": ("POST", "change", "crm.User"),
    "handover_stay": ("POST", "change", "crm.User"),
    "calendar_day": ("GET POST", "change", None),
    "contract_prices": ("GET", "add", "contracts.Contract"),
    "contract_forecast": ("GET POST", "add", "contracts.Contract"),
    "company_logo": ("GET", "view", "papers.Company"),
}
#: What a page asks for the right to see besides: {name: kind}.
SEEN_BESIDES = {"customer_credit": "contracts.CreditAssessment"}
#: Open to whoever may do one of some actions to any kind of record at all.
BY_ANY = {
    "approval_list": ("GET POST", ("approve",)),
    "statistics": ("GET", ("view",)),
    "statistics_workbench": ("GET", ("view",)),
    "inbox": ("GET", ("register",)),
    "registration_many": ("POST", ("register",)),
    "registration_return_many": ("POST", ("register",)),
    "recycle_bin": ("GET", ("delete", "register")),
    "recycle_bin_restore": ("POST", ("delete", "register")),
    "recycle_bin_restore_with": ("GET POST", ("delete", "register")),
    "duplicate_list": ("GET", ("delete",)),
    "duplicate_scan": ("POST", ("delete",)),
    "duplicate_detail": ("GET", ("delete",)),
    "duplicate_merge": ("POST", ("delete",)),
    "duplicate_dismissal": ("POST", ("delete",)),
    "duplicate_reconsideration": ("POST", ("delete",)),
    "merge_list": ("GET", ("delete",)),
    "merge_undo": ("POST", ("delete",)),
    "import_list": ("GET", ("import",)),
    "import_detail": ("GET", ("import",)),
    "import_mapping": ("GET POST", ("import",)),
    "import_reading": ("POST", ("import",)),
    "import_preview": ("GET", ("import",)),
    "import_run": ("POST", ("import",)),
    "import_shares": ("POST", ("import",)),
    "import_words": ("POST", ("import",)),
    "import_cancel": ("POST", ("import",)),
    "import_undo": ("POST", ("import",)),
    "import_taken": ("GET", ("import",)),
    "import_refused": ("GET", ("import",)),
}
#: Verbs that the state or the person may forbid to somebody who holds the right.
MAY_BE_FORBIDDEN = {
    "duplicate_scan",
    "contract_recall",
    "dayreport_answer",
    "dayreport_reading",
    "workplan_answer",
    "workplan_reading",
    "customer_protection",
    "customer_extension",
    "contract_decision",
    "contract_amendment_recall",
    "contract_amendment_withdrawal",
    "report",
}
#: Pages that only exist once something has happened to the record.
MAY_BE_MISSING = {
    "calendar_day",
    "feedentry_taking",
    "feedentry_dismissal",
    "handover_detail",
    "handover_go_on",
    "handover_stay",
    "company_logo",
    "contract_approval_sheet",
    "contract_amendment",
    "contract_amendment_update",
    "amendment_attachment_list",
    "amendment_attachment",
    "amendment_attachment_delete",
}


@dataclass(frozen=True)
class Route:
    """A door: its name, its pattern, what it asks for."""

    name: str
    pattern: str
    pieces: tuple[str, ...]
    methods: frozenset[str]
    action: str | None
    model: type | None

    def path(self, **pieces):
        """Return the address for the pieces of its pattern."""
        return "/" + self.pattern % pieces


def patterns(resolver=None):
    """Yield every pattern of the address table."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def routes():
    """Return every route; one that nothing explains has no methods."""
    return [_route(entry) for entry in patterns()]


def _route(entry):
    ((text, pieces),) = get_resolver().reverse_dict.getlist(entry.name)[0][0]
    methods, action, model = _rule(entry)
    return Route(entry.name, text, tuple(pieces), methods, action, model)


def _rule(entry):
    if entry.name in COMMON:
        return frozenset(COMMON[entry.name].split()), None, None
    if entry.name in BY_ACTION:
        methods, action, label = BY_ACTION[entry.name]
        model = apps.get_model(label) if label else None
        return frozenset(methods.split()), action, model
    if entry.name in BY_ANY:
        return frozenset(BY_ANY[entry.name][0].split()), None, None
    view = getattr(entry.callback, "view_class", None)
    model = getattr(view, "model", None)
    model = entry.callback.view_initkwargs.get("model", model) if view else None
    if model:
        names = (name.upper() for name in view.http_method_names)
        held = frozenset(name for name in names if hasattr(view, name.lower()))
        return held, view.action, model
    return frozenset(PUBLIC.get(entry.name, "").split()), None, None
