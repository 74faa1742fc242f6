"""What belongs to a customer: its file, its team, its relations to others."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.display import date_text
from crm.guards.parents import no_circle, parents_live
from crm.guards.receivers import only_to_who_works_here
from crm.guards.refusals import BY_TRIGGER
from crm.guards.triggers import noted, stamped
from crm.models.versions import Versioned
from crm.validators import (
    validate_business_date,
    validate_day_of_deed,
)
from customers.models.customers import COMPANIES, COMPANY_CIRCLE, Customer


class FileEntry(Versioned):
    """One of the thirteen subjects of a customer's file (客户档案)."""

    history_part_of = "customer"

    class Subject(models.TextChoices):
        RELATION = "relation", _("relation to us")
        STRATEGY = "strategy", _("development strategy")
        COMPETENCE = "competence", _("core competence")
        SUPPLY_CHAIN = "supply_chain", _("supply chain")
        MARKET = "market", _("market")
        ECONOMY = "economy", _("economic situation")
        MARKETING = "marketing", _("marketing strategy")
        PRODUCTION = "production", _("production scale")
        QUALITY = "quality", _("product quality and R&D")
        SERVICE = "service", _("service level")
        SUPPORT = "support", _("technical support")
        SATISFACTION = "satisfaction", _("satisfaction")
        BOTTLENECKS = "bottlenecks", _("bottlenecks")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="file_entries")
    subject = models.CharField(_("subject"), max_length=20, choices=Subject.choices)
    text = models.TextField(_("text"), max_length=20000)
    written_on = models.DateField(
        _("as of"), default=timezone.localdate, validators=[validate_day_of_deed]
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("author"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("customer file")
        verbose_name_plural = _("customer file")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer", "subject", name="file_subject_once_per_customer"
            ),
        )
        triggers = (
            stamped(),
            noted(
                "customers.fileentry",
                title="subject",
                subject=("customers.customer", "customer_id"),
            ),
            parents_live(),
        )

    def __str__(self):
        return self.get_subject_display()

    #: What a merge of two customers may change of an entry that both have.
    absorbing = ("text",)

    def absorb(self, twin):
        """Add what another customer's file says of the same subject.

        Raises:
            ValidationError: both together are too long.
        """
        if twin.text.strip() in self.text:
            return
        day = date_text(twin.written_on)
        text = f"{self.text}\n\n（{twin.customer.name}，{day}）\n{twin.text}"
        if len(text) > self._meta.get_field("text").max_length:
            raise ValidationError(
                _("“%s” of both together is too long: shorten one first.")
                % self.get_subject_display()
            )
        self.text = text


class Membership(models.Model):
    """A person of the team that works on a customer, reading or writing."""

    #: Whoever leaves a team sees its customer no more.
    always_primary = True

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("team member"),
        related_name="memberships",
    )
    may_write = models.BooleanField(_("may write"), default=False)
    until = models.DateField(
        _("until"),
        null=True,
        blank=True,
        validators=[validate_business_date],
        help_text=_("The last day; left empty: for good."),
    )

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer",
                "user",
                name="member_once_per_customer",
                violation_error_message=_("This person is in the team already."),
            ),
        )
        triggers = (
            noted(
                "customers.membership",
                title="user_id",
                subject=("customers.customer", "customer_id"),
            ),
            parents_live(),
            only_to_who_works_here("user_id"),
        )

    def __str__(self):
        return str(self.user)

    absorbing = ("may_write",)

    def absorb(self, twin):
        """Let a person of both teams do what either of them allows."""
        self.may_write = self.may_write or twin.may_write


class RelationQuerySet(models.QuerySet):
    """Relations, read from either side."""

    def around(self, pk):
        """Return those a customer has or others have to it, none to a deleted one."""
        return self.filter(
            Q(customer=pk) | Q(other=pk),
            customer__deleted_at=None,
            other__deleted_at=None,
        )


class Relation(models.Model):
    """How one customer stands to another: A supplies B."""

    class Kind(models.TextChoices):
        SUPPLIES = "supplies", _("supplies")
        PARENT_OF = "parent_of", _("is parent of")
        INVESTS_IN = "invests_in", _("invests in")
        PARTNER_OF = "partner_of", _("is partner of")

    #: How the other side puts it.
    INVERSE = {
        Kind.SUPPLIES: _("is supplied by"),
        Kind.PARENT_OF: _("is a subsidiary of"),
        Kind.INVESTS_IN: _("is invested in by"),
        Kind.PARTNER_OF: _("is partner of"),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="relations")
    kind = models.CharField(_("relation"), max_length=20, choices=Kind.choices)
    other = models.ForeignKey(
        Customer,
        models.PROTECT,
        verbose_name=_("other customer"),
        related_name="relations_to",
    )
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                "customer",
                "kind",
                "other",
                name="relation_once",
                violation_error_message=_("This relation is recorded already."),
            ),
            models.CheckConstraint(
                condition=~Q(customer=F("other")),
                name="relation_between_two",
                violation_error_message=_("A customer has no relation to itself."),
            ),
        )
        triggers = (
            noted(
                "customers.relation",
                title="kind",
                subject=("customers.customer", "customer_id"),
            ),
            parents_live(),
            no_circle(
                COMPANY_CIRCLE,
                COMPANIES,
                below="other_id",
                above="customer_id",
                kept=("kind", "parent_of"),
            ),
        )

    def __str__(self):
        return f"{self.customer} {self.get_kind_display()} {self.other}"

    def clean(self):
        """Refuse a company as parent of one above it (PostgreSQL does too)."""
        is_parent = self.kind == self.Kind.PARENT_OF and self.other_id is not None
        if is_parent and self.other_id in self.customer.companies_above():
            raise ValidationError({"other": BY_TRIGGER[COMPANY_CIRCLE]})

    def seen_from(self, customer):
        """Return (wording, other customer) as read on one side's page."""
        if customer.pk == self.customer_id:
            return self.get_kind_display(), self.other
        return self.INVERSE[self.kind], self.customer
