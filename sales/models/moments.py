"""How leads and opportunities stand on other pages: in time lines, as figures."""

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
