"""The pages of pools: which there are, and the customers that are in one."""

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView

from crm.disclosures import Looks
from crm.display import label_of, reader
from crm.lists.sources import Source
from crm.lists.tables import telling
from crm.queries.figures import Counted, capped
from crm.rights.permissions import permission
from crm.views import ModelList, PageMixin
from crm.views.verbs import refused_page
from customers import pools
from customers.filters import PooledFilter
from customers.models import Customer, Ownership, Pool
from customers.tables import PooledTable, masked

#: What a page of a customer in a pool says.
SHOWN = (
    "number",
    "region",
    "industry",
    "level",
    "status",
    "source",
    "phone",
    "address",
    "last_contact_at",
)


class PoolList(PageMixin, ListView):
    """The pools that concern a person, with the number of customers in each."""

    model = Pool
    template_name = "customers/pool_list.html"

    def has_permission(self):
        """Say yes; which pools there are says `visible_to`."""
        return True

    def get_queryset(self):
        """Return them with their numbers."""
        rows = Pool.objects.visible_to(self.request.user).order_by("-active", "name")
        inside = Customer.objects.order_by().filter(pool=OuterRef("pk"))
        return rows.annotate(inside=Counted(inside))

    def get_context_data(self, **context):
        """Say what the person may do."""
        user, found = self.request.user, list(self.object_list)
        works = user.rights.reach(permission("change", Customer)) is not None
        own = Pool.objects.joined_by(user) if works else Pool.objects.none()
        joined = set(own.values_list("pk", flat=True))
        for pool in found:
            pool.is_joined = pool.pk in joined
            pool.number = capped(pool.inside)
        may = {
            f"may_{action}": user.has_perm(permission(action, Pool))
            for action in ("add", "change", "delete")
        }
        return super().get_context_data(
            title=Pool._meta.verbose_name_plural,
            pools=found,
            total=len(found),
            **may,
            **context,
        )


class OfPoolMixin:
    """A page of a pool that concerns the person."""

    def has_permission(self):
        """Say yes; which pools there are says `visible_to`."""
        return True

    @cached_property
    def pool(self):
        """The pool."""
        rows = Pool.objects.visible_to(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def is_whole(self):
        """Whether the person sees all that is known of the customers in it."""
        return pools.sees_all(self.request.user) or self.pool.is_run_by(
            self.request.user
        )


class PooledSource(Source):
    """The customers in a pool, with since when they are there and why."""

    def drawn(self, rows):
        """Bring along what the columns show."""
        now = Ownership.objects.filter(customer=OuterRef("pk"), to_at=None)
        before = Ownership.objects.filter(customer=OuterRef("pk"), holder__isnull=False)
        former = before.order_by("-from_at", "-pk").values("holder__name")[:1]
        return telling(rows, region="region__full_name").annotate(
            pooled_at=Subquery(now.values("from_at")[:1]),
            pooled_for=Subquery(now.values("reason")[:1]),
            pooled_note=Subquery(now.values("note")[:1]),
            former_owner=Subquery(former),
        )


class PooledList(OfPoolMixin, ModelList):
    """The customers in a pool: what one may know of them, without telephones."""

    model = Customer
    table_class = PooledTable
    filterset_class = PooledFilter
    template_name = "customers/pooled_list.html"
    empty_hint = gettext_lazy("Nobody has returned a customer to this pool yet.")
    addresses = dict.fromkeys(("add_url", "import_url", "export_url", "paper_url"))

    @property
    def title(self):
        """The pool's name."""
        return self.pool.name

    @property
    def url(self):
        """The address of the list."""
        return self.pool.get_absolute_url()

    def rows(self):
        """Return the customers in the pool."""
        return Customer.objects.filter(pool=self.pool.pk)

    @cached_property
    def source(self):
        """The same, and what is read along."""
        return PooledSource(self.rows)

    @cached_property
    def table(self):
        """The columns that this person may see."""
        table = super().table
        table.pool, table.is_whole = self.pool, self.is_whole
        return table

    @cached_property
    def errors(self):
        """Say, too, that what is hidden is no condition and no order."""
        hidden = () if self.is_whole else (*self.pool.hidden, "phone")
        asked = {*self.conditions.names, self.query.sort.removeprefix("-")}
        if any(key.startswith(tuple(hidden)) for key in asked):
            return [_("This pool hides that from its members.")]
        return super().errors

    def personal(self):
        """Offer no views and no choice of columns: they are kept by kinds of lists."""
        return super().personal() | {"settings_url": "", "views_url": ""}

    def hits(self):
        """Mark nothing: what a row was found by is not always to be told."""

    def get_context_data(self, **context):
        """Add the pool and how one gets a customer of it."""
        user = self.request.user
        may_claim = not pools.is_no_member(None, self.pool, user)
        return super().get_context_data(
            pool=self.pool,
            may_claim=may_claim,
            may_change=user.has_perm(permission("change", Pool)),
            **context,
        )


class PooledDetail(OfPoolMixin, PageMixin, DetailView):
    """What a member, or an administrator, of a pool may know of a customer in it."""

    model = Customer
    template_name = "customers/pooled_detail.html"

    def get_object(self, queryset=None):
        """Return the customer; who looks at very many in a day is told so."""
        rows = Customer.objects.filter(pool=self.pool.pk).select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["part"])

    def get(self, request, *args, **kwargs):
        """Show it, and note that it was looked at."""
        self.object = self.get_object()
        looks = Looks(request.user, request)
        if not self.is_whole and not looks.allow(self.object):
            said = _("You have looked at %d customers in pools today; more tomorrow.")
            error = ValidationError(said % looks.most, code="forbidden")
            return refused_page(request, None, error)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **context):
        """Add facts, how it came here, and what one may do."""
        user, pool, customer = self.request.user, self.pool, self.object
        rows = customer.ownerships.select_related("holder", "pool", "by", "reason")
        return super().get_context_data(
            pool=pool,
            title=str(customer),
            groups=[(_("Basics"), self._facts())],
            ownerships=rows if self.is_whole else rows[:1],
            may_claim=not pools.is_no_member(customer, pool, user),
            may_assign=pool.is_run_by(user),
            page_url=customer.get_absolute_url()
            if customer.allowed(user, "view")
            else None,
            is_whole=self.is_whole,
            **context,
        )

    def _facts(self):
        hidden = () if self.is_whole else self.pool.hidden
        return [
            {"name": name, "label": label_of(Customer, name), "value": self._said(name)}
            for name in SHOWN
            if name not in hidden
        ]

    def _said(self, name):
        value = reader(Customer, name)(self.object)
        is_open = self.is_whole or name != "phone"
        return value if is_open else masked(value)
