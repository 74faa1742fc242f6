"""Rules by which leads are assigned (线索分配规则), and how each came to whom."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields import LARGEST_AMOUNT
from crm.guards.acts import becomes
from crm.guards.options import options_kept
from crm.guards.receivers import only_to_who_works_here
from crm.guards.triggers import noted, stamped, touches
from crm.models import DictionaryField, region_field
from crm.models.versions import Versioned, signature
from crm.rights.permissions import permission
from customers.dictionaries import CUSTOMER_SOURCE, INDUSTRY
from sales.guards.lead_rules import as_written
from sales.models.leads import Lead


def _budget(label):
    return models.DecimalField(
        label,
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )


class LeadRuleQuerySet(models.QuerySet):
    """Rules, and who sees them."""

    def visible_to(self, user, action="view"):
        """Return all of them for whoever may do this to rules, else none."""
        may = user.rights.reach(permission(action, self.model)) is not None
        return self if may else self.none()


class LeadRule(Versioned):
    """Which leads go to whom; the first one in force that a lead meets counts.

    What it looks for stands in its terms and in the bounds of the budget: nothing
    stands for any lead. Whose turn it is follows from whom it gave leads before.
    """

    actions = ("view", "add", "change", "delete")
    history_to = "change"
    sort_field = "order"

    class Does(models.TextChoices):
        TURNS = "turns", pgettext_lazy("lead rule", "the members take turns")
        PERSON = "person", pgettext_lazy("lead rule", "one person gets them")
        NOBODY = "nobody", pgettext_lazy("lead rule", "somebody assigns them by hand")

    name = models.CharField(pgettext_lazy("lead rule", "rule name"), max_length=60)
    order = models.PositiveIntegerField(_("order"), default=100)
    budget_from = _budget(_("budget from"))
    budget_to = _budget(_("budget to"))
    does = models.CharField(
        _("who gets them"), max_length=10, choices=Does.choices, default=Does.TURNS
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("lead rule", "the one person"),
    )
    most_open = models.PositiveIntegerField(
        _("open leads at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("Who has so many is passed over. Left empty: any number."),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = LeadRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        default_permissions = ()
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(
                "name",
                name="lead_rule_name_once",
                violation_error_message=_("There is a rule of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(does__in=("turns", "nobody"), person=None)
                | Q(does="person", person__isnull=False),
                name="lead_rule_names_its_person",
                violation_error_message=_("Name the person, or none."),
            ),
            models.CheckConstraint(
                condition=(Q(budget_from=None) | Q(budget_from__gte=0))
                & (Q(budget_to=None) | Q(budget_to__lte=LARGEST_AMOUNT))
                & (
                    Q(budget_from=None)
                    | Q(budget_to=None)
                    | Q(budget_from__lte=F("budget_to"))
                ),
                name="lead_rule_budget_in_order",
                violation_error_message=_("The budget ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(most_open=None) | Q(most_open__gte=1),
                name="lead_rule_most_open_positive",
            ),
        )
        triggers = (
            stamped(),
            noted("sales.leadrule", title="name"),
            only_to_who_works_here("person_id"),
        )

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address where it is set."""
        return reverse("leadrule_update", args=[self.pk])


class OfRule(models.Model):
    """What belongs to a rule."""

    class Meta:
        abstract = True
        default_permissions = ()


def _part(name, title):
    """Return the triggers of what belongs to a rule."""
    return (
        noted(f"sales.{name}", title=title, subject=("sales.leadrule", "rule_id")),
        touches("sales_leadrule", "rule_id"),
    )


class LeadRuleTerm(OfRule):
    """One source, region or industry that a rule looks for.

    A lead meets any of the sources, any of the regions – with what lies below – and any
    of the industries; of what a rule names none, all do.
    """

    rule = models.ForeignKey(
        LeadRule, models.CASCADE, related_name="terms", db_index=False
    )
    source = DictionaryField(CUSTOMER_SOURCE, pgettext_lazy("lead", "source"))
    region = region_field()
    industry = DictionaryField(INDUSTRY, _("industry"))

    class Meta(OfRule.Meta):
        verbose_name = pgettext_lazy("lead rule", "condition")
        verbose_name_plural = pgettext_lazy("lead rule", "conditions")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "rule",
                "source",
                "region",
                "industry",
                name="lead_rule_term_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, region=None, industry=None)
                | Q(source=None, region__isnull=False, industry=None)
                | Q(source=None, region=None, industry__isnull=False),
                name="lead_rule_term_is_one",
            ),
        )
        triggers = (*_part("leadruleterm", "id"), *options_kept())

    def __str__(self):
        return str(self.source or self.region or self.industry)


class LeadRuleMember(OfRule):
    """Who takes turns by a rule; one that is out of use keeps their place."""

    name_field = "person"

    rule = models.ForeignKey(
        LeadRule, models.CASCADE, related_name="members", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("lead rule", "member"),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta(OfRule.Meta):
        verbose_name = pgettext_lazy("lead rule", "member")
        verbose_name_plural = pgettext_lazy("lead rule", "members")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                "rule",
                "person",
                name="lead_rule_member_once",
                violation_error_message=_("This person is a member already."),
            ),
        )
        triggers = (
            *_part("leadrulemember", "person_id"),
            only_to_who_works_here("person_id"),
        )

    def __str__(self):
        return str(self.person)


class LeadAssignment(models.Model):
    """That a lead came to somebody, or stayed without anybody, and by what.

    Rows stay as they were written: whose turn it is, and who had a lead too long,
    follow from them.
    """

    acts = {
        "assigned": "op = 'INSERT'",
        "assigned_by_rule": "op = 'INSERT'",
        "returned_by_time": becomes("how", "timeout"),
    }

    class How(models.TextChoices):
        RULE = "rule", pgettext_lazy("lead", "by a rule")
        ABSENT = "absent", pgettext_lazy("lead", "nobody of the rule was there")
        FULL = "full", pgettext_lazy("lead", "all of the rule had their fill")
        HAD = "had", pgettext_lazy("lead", "all of the rule had it before")
        MIXED = "mixed", pgettext_lazy("lead", "none of the rule could take it")
        NOBODY = "nobody", pgettext_lazy("lead", "by a rule: to be assigned by hand")
        HAND = "hand", pgettext_lazy("lead", "by hand")
        KEPT = "kept", pgettext_lazy("lead", "kept from the rules")
        TIMEOUT = "timeout", pgettext_lazy("lead", "returned by time")

    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="assignments", verbose_name=_("lead")
    )
    rule = models.ForeignKey(
        LeadRule,
        models.PROTECT,
        null=True,
        related_name="assignments",
        db_index=False,
        verbose_name=_("assignment rule"),
    )
    person = signature(pgettext_lazy("lead", "who had or got it"), null=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    by = signature(_("by"), null=True)

    class Meta:
        verbose_name = pgettext_lazy("lead", "assignment")
        verbose_name_plural = pgettext_lazy("lead", "assignments")
        default_permissions = ()
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(how="rule", rule__isnull=False, person__isnull=False)
                | Q(
                    how__in=("absent", "full", "had", "mixed", "nobody"),
                    rule__isnull=False,
                    person=None,
                )
                | Q(
                    how__in=("hand", "kept", "timeout"),
                    rule=None,
                    person__isnull=False,
                ),
                name="lead_assignment_told_whole",
            ),
        )
        indexes = (
            models.Index(fields=("rule", "person", "-at"), name="lead_assigned_turn"),
        )
        triggers = (
            as_written(),
            noted(
                "sales.leadassignment",
                title="how",
                subject=("sales.lead", "lead_id"),
            ),
        )

    def __str__(self):
        return f"{self.lead_id}: {self.get_how_display()}"
