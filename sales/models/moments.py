"""How leads, opportunities and quotations stand on other pages: in time lines, as
figures."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.filed_figures import FiledFigure
from crm.models.moments import Moment

#: What happens to a lead, on its page and on that of the customer it became.
OF_LEADS = (
    Moment(
        key="lead",
        label=_("leads"),
        act=pgettext_lazy("lead", "first contact"),
        at="first_touched_at",
        under=("pk",),
        note=("touch_text",),
        state="touch_method",
        who="touched_by__name",
    ),
    Moment(
        key="lead",
        label=_("leads"),
        act=pgettext_lazy("lead", "became a customer"),
        at="converted_at",
        under=("pk", "customer"),
        title="company",
        note=("need",),
        state="source",
        who="owner__name",
    ),
)
#: What is expected of an opportunity, at its customer too.
OF_OPPORTUNITIES = (
    Moment(
        key="opportunity",
        label=_("opportunities"),
        act=pgettext_lazy("opportunity", "expected"),
        at="expected_on",
        under=("pk", "customer"),
        title="title",
        who="owner__name",
        amount="amount",
        is_plan=True,
        is_promise=True,
        where=Q(status="open"),
    ),
)
#: What the page of a customer says of its opportunities.
FIGURES = (
    FiledFigure(
        key="opportunities",
        label=_("open opportunities"),
        under=("customer",),
        where=Q(status="open"),
        conditions={"status": "open"},
    ),
)
#: What a customer was offered, and what became of it.
_QUOTATION = {
    "key": "quotation",
    "label": _("quotations"),
    "under": ("pk", "customer", "opportunity"),
    "title": "number",
    "note": ("title",),
    "state": "status",
    "amount": "amount",
}
OF_QUOTATIONS = (
    Moment(
        **_QUOTATION,
        act=pgettext_lazy("quotation", "made"),
        at="quoted_on",
        who="owner__name",
    ),
    Moment(
        **_QUOTATION,
        act=pgettext_lazy("quotation", "ends"),
        at="valid_until",
        where=Q(status__in=("approved", "sent")),
        is_plan=True,
    ),
)
_VERDICT = {
    "key": "decision",
    "label": _("decisions"),
    "at": "at",
    "under": ("quotation", "quotation__customer"),
    "title": "quotation__number",
    "page": "{parent}_detail",
    "lead": "quotation_id",
}
OF_VERDICTS = (
    Moment(
        **_VERDICT,
        note=("opinion",),
        state="approved",
        states={
            "true": pgettext_lazy("state", "approved"),
            "false": pgettext_lazy("state", "rejected"),
        },
        who="by__name",
    ),
)
OF_VERDICTS_TAKEN_BACK = (
    Moment(
        **_VERDICT,
        note=("decision__opinion",),
        state="decision__approved",
        states={"true": pgettext_lazy("state", "approval taken back")},
        who="decision__by__name",
    ),
)
#: What the page of a customer says of its quotations.
QUOTED = (
    FiledFigure(
        key="quotations",
        label=_("open quotations"),
        under=("customer",),
        where=Q(status__in=("approved", "sent")),
        conditions={"status": ["approved", "sent"]},
    ),
)
