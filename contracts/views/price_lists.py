"""The pages of price lists."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.filters import PriceListFilter
from contracts.forms.price_lists import ON_A_PAGE, PriceFormSet
from contracts.guards import TIED
from contracts.models import Price, PriceList, Product
from contracts.tables import PriceListTable
from crm.forms.lookups import LookupField
from crm.guards.refusals import explained
from crm.related import known_to
from crm.rights.permissions import permission
from crm.views import RecordCreate, RecordDetail, RecordList, RecordUpdate


class PriceListList(RecordList):
    """The price lists one may see."""

    model = PriceList
    table_class = PriceListTable
    filterset_class = PriceListFilter
    empty_hint = gettext_lazy(
        "Add a list of what products cost; without one they cost their own price."
    )


def page_of_prices(price_list, asked):
    """Return the page of the prices of a list that an address asks for."""
    rows = price_list.prices.order_by("product__code", "min_qty", "pk")
    return Paginator(rows, ON_A_PAGE).get_page(asked)


class PriceListDetail(RecordDetail):
    """A price list, for whom it holds, and its prices."""

    model = PriceList
    groups = PriceList.groups

    def get_context_data(self, **context):
        """Add a page of its prices."""
        page = page_of_prices(self.object, self.request.GET.get("prices"))
        page.object_list = list(page.object_list.select_related("product"))
        return super().get_context_data(prices=page, **context)

    def _value(self, name):
        """Name the customers as far as the reader may see them."""
        if name != "customers":
            return super()._value(name)
        found = known_to(self.request.user, self.object.customers.all())
        return format_html_join(
            "、",
            '<a href="{}">{}</a>',
            ((row.get_absolute_url(), row) for row in found),
        )

    def actions(self):
        """Add how one begins the next list."""
        found = super().actions()
        if self.request.user.has_perm(permission("add", PriceList)):
            url = f"{PriceList.page('create')}?copy={self.object.pk}"
            found.append(
                {"key": "copy", "label": _("Copy"), "url": url, "method": "get"}
            )
        return found


class WithPrices:
    """A form page of a price list with its prices."""

    @cached_property
    def formset(self):
        """The prices of one page, as lines of the same form."""
        data = self.request.POST if self.request.method == "POST" else None
        rows = Price.objects.none()
        if self.object is not None:
            ids = [row.pk for row in self.page.object_list]
            rows = Price.objects.filter(pk__in=ids)
        return PriceFormSet(
            data,
            instance=self.object,
            queryset=rows,
            user=self.request.user,
            initial=self.prices_begun(),
        )

    @cached_property
    def page(self):
        """The page of the prices that is asked for."""
        return page_of_prices(self.object, self.request.GET.get("prices"))

    def prices_begun(self):
        """Return the prices that are filled in already, but are not stored."""
        return []

    def get_context_data(self, **context):
        """Add the heading of the prices, and which page of them this is."""
        page = self.page if self.object is not None else None
        return super().get_context_data(lines_title=_("Prices"), prices=page, **context)

    def saved(self, form):
        """Save and return the list; None if it, or another one, stands against it."""
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                saved = self.save(form)
                self.refuse_tied(saved)
                connection.check_constraints()  # now, not at the end of the request
                return saved
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.add_error(None, explained(error, PriceList, Price))
        return None

    def refuse_tied(self, saved):
        """Refuse a list beside which another one says a price with the same right.

        Raises:
            ValidationError: which list and of which product, as far as one sees it.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM contracts_tied_lists(%s, NULL) LIMIT 1", [saved.pk]
            )
            found = cursor.fetchone()
        if found is None:
            return
        other, product = found
        seen = PriceList.objects.visible_to(self.request.user).filter(pk=other).first()
        raise ValidationError(
            _(
                "“%(list)s” says a price of “%(product)s” for the same customers,"
                " with the same priority and from the same day on. Give one of the"
                " two another priority or another first day."
            )
            % {
                "list": seen or _("Another list"),
                "product": Product.everything.get(pk=product),
            },
            code=TIED,
        )


class PriceListCreate(WithPrices, RecordCreate):
    """Add a price list: `?copy=7` begins with what another one says."""

    #: What holds of the next list, too: its days do not.
    carried_over = (
        "name",
        "holds_for",
        "level",
        "customer_kind",
        "industry",
        "region",
        "priority",
        "forced",
        "remarks",
    )
    of_a_price = ("product", "min_qty", "price", "floor")

    def get_initial(self):
        """Start with what is copied, on the day after that one ends."""
        return {**self._copied_fields(), **super().get_initial()}

    def get_context_data(self, **context):
        """Add what is copied, and how many of its prices beyond those of the form."""
        further = self.on_sale.count() - ON_A_PAGE if self.copied else 0
        return super().get_context_data(
            copied=self.copied, further=max(further, 0), **context
        )

    def prices_begun(self):
        """Return the first prices of the list that is copied, of what is on sale."""
        if self.copied is None or self.request.method == "POST":
            return []
        return list(self.on_sale.values(*self.of_a_price)[:ON_A_PAGE])

    def save(self, form):
        """Save the list; of one that is copied, the prices beyond the form as well."""
        saved = super().save(form)
        if self.copied is None:
            return saved
        if self.request.POST.get("copied_version") != str(self.copied.version):
            raise ValidationError(
                _("“%s” has changed since you began to copy it: begin again.")
                % self.copied
            )
        rest = self.on_sale.values(*self.of_a_price)[ON_A_PAGE:]
        Price.objects.bulk_create(
            Price(price_list=saved, product_id=row.pop("product"), **row)
            for row in rest
        )
        return saved

    @property
    def on_sale(self):
        """The prices of the list that is copied, of what is on sale."""
        products = Product.objects.visible_to(self.request.user).filter(on_sale=True)
        return self.copied.prices.filter(product__in=products.order_by())

    @cached_property
    def copied(self):
        """The list that is copied, None for none."""
        given = self.request.GET.get("copy")
        if given is None:
            return None
        keys = LookupField(PriceList.objects.none()).keys(given)
        visible = PriceList.objects.visible_to(self.request.user)
        return get_object_or_404(visible, pk__in=keys)

    def _copied_fields(self):
        """Return {field: value} of it; what is sent says all by itself."""
        if self.copied is None or self.request.method == "POST":
            return {}
        fields = model_to_dict(self.copied, self.carried_over)
        named = known_to(self.request.user, self.copied.customers.all())
        fields["customers"] = list(named.values_list("pk", flat=True))
        if self.copied.ends_on is not None:
            fields["starts_on"] = self.copied.ends_on + timedelta(days=1)
        return fields


class PriceListUpdate(WithPrices, RecordUpdate):
    """Edit a price list; what contracts say already stays."""
