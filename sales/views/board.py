"""The board: the open opportunities of a pipeline, stage by stage."""

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from crm.display import number_text
from crm.rights.permissions import permission
from crm.views import PageMixin
from sales.demands import tasks_left
from sales.forecast import chance
from sales.models import Opportunity, Pipeline
from sales.moves import open_stages

#: So many cards a stage shows; its list has the rest.
MOST_CARDS = 30


class Board(PageMixin, TemplateView):
    """One column for each open stage: `?pipeline=`, `?owner=me` for one's own alone."""

    model = Opportunity
    template_name = "sales/board.html"

    def get_context_data(self, **context):
        """Add the columns, each with its cards, their number and sums."""
        columns = self.columns()
        return super().get_context_data(
            title=pgettext("sales", "Board"),
            kind=Opportunity._meta.verbose_name_plural,
            list_url=Opportunity.page("list"),
            pipelines=self.pipelines,
            pipeline=self.pipeline,
            is_own=self.is_own,
            columns=columns,
            total=sum(column["number"] for column in columns),
            may_add=self.request.user.has_perm(permission("add", Opportunity)),
            **context,
        )

    @cached_property
    def pipelines(self):
        """The pipelines in use, and those in which something stands still."""
        standing = self.rows().filter(stage__pipeline=OuterRef("pk"))
        return list(Pipeline.objects.filter(Q(active=True) | Exists(standing)))

    @cached_property
    def pipeline(self):
        """The one that the address names, the first one if it names none."""
        asked = self.request.GET.get("pipeline")
        found = [one for one in self.pipelines if asked in (None, "", str(one.pk))]
        if asked and not found:
            raise Http404
        return found[0] if found else None

    @property
    def is_own(self):
        """Whether only one's own are asked for."""
        return self.request.GET.get("owner") == "me"

    def rows(self):
        """Return the open opportunities that the person may see."""
        rows = Opportunity.objects.visible_to(self.request.user)
        rows = rows.filter(status=Opportunity.Status.OPEN).order_by()
        return rows.filter(owner=self.request.user) if self.is_own else rows

    def columns(self):
        """Return [{stage, cards, number, amount, weighted, url, more}]."""
        if self.pipeline is None:
            return []
        sums = self._sums()
        stages = open_stages(self.pipeline.pk, standing=sums)
        cards = self._cards(stages)
        return [
            self._column(stage, sums.get(stage.pk, {}), cards.get(stage.pk, []))
            for stage in stages
        ]

    def _column(self, stage, sums, cards):
        number = sums.get("number", 0)
        query = {"stage": stage.pk, "status": Opportunity.Status.OPEN}
        if self.is_own:
            query["owner"] = "me"
        return {
            "stage": stage,
            "cards": cards,
            "number": number,
            "amount": number_text(round(sums.get("amount") or 0)),
            "weighted": number_text(round(sums.get("weighted") or 0)),
            "url": f"{Opportunity.page('list')}?{urlencode(query)}",
            "more": number - len(cards),
        }

    def _sums(self):
        """Return {stage: {number, amount, weighted}}, in one query."""
        rows = self.rows().filter(stage__pipeline=self.pipeline).values("stage")
        found = rows.annotate(
            number=Count("pk"),
            all=Sum("amount"),
            weighted=Sum(F("amount") * chance()) / 100,
        )
        return {
            row["stage"]: {
                "number": row["number"],
                "amount": row["all"],
                "weighted": row["weighted"],
            }
            for row in found
        }

    def _cards(self, stages):
        """Return {stage: [opportunity]}: of each those that are expected first."""
        place = Window(
            RowNumber(), partition_by="stage", order_by=("expected_on", "pk")
        )
        first = self.rows().filter(stage__in=stages).annotate(place=place)
        first = first.filter(place__lte=MOST_CARDS)
        rows = first.select_related("customer", "owner", "stage")
        rows = list(rows.order_by("expected_on", "pk"))
        movable, found = self._movable(rows), {}
        for row in rows:
            row.may_move = row.pk in movable
            row.left = len(tasks_left(row))
            found.setdefault(row.stage_id, []).append(row)
        return found

    def _movable(self, cards):
        """Return the ids of those that the person may move."""
        user = self.request.user
        if not user.has_perm(permission("change", Opportunity)):
            return frozenset()
        rows = Opportunity.objects.visible_to(user, "change").order_by()
        ids = [card.pk for card in cards]
        return frozenset(rows.filter(pk__in=ids).values_list("pk", flat=True))
