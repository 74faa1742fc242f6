"""Changes to contracts that hold: what is proposed, beside what is in force."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts import guards
from contracts.models.content import CONTENT, Content, Line
from contracts.models.contracts import CHANGES, Contract
from contracts.models.moments import OF_AMENDMENTS
from crm.fields import LARGEST_AMOUNT
from crm.guards.options import options_kept
from crm.guards.parents import parents_live
from crm.guards.triggers import never_deleted, noted
from crm.models import Attachment
from crm.models.external import EXTERNAL_TAKEN
from crm.models.versions import person

SUBJECT = ("contracts.contract", "contract_id")


class AmendmentQuerySet(models.QuerySet):
    """Changes, and whose they are to see: those of the contract."""

    def visible_to(self, user, action="view"):
        """Return the changes to the contracts on which the person may do this."""
        contracts = Contract.objects.visible_to(user, action).order_by()
        return self.filter(contract__in=contracts.values("pk"))


class OpenAmendments(models.Manager.from_queryset(AmendmentQuerySet)):
    """The changes that are still under way."""

    def get_queryset(self):
        """Leave out what was applied or given up."""
        return super().get_queryset().filter(state__in=Amendment.OPEN)


class Amendment(Content):
    """A change to a contract that holds: its proposed content, and how it stands.

    One at a time for a contract. Approved, it is applied: PostgreSQL puts its content
    in the place of what held, in one step. Until then nothing of the contract's row
    changes but the mark `amendment_state` and the `version`, which counts what is
    written here too: whoever acts on either has seen both.
    """

    segment = "contracts/amendments"
    #: Nobody looks for doubles of a change.
    traits = ()

    class State(models.TextChoices):
        WRITING = CHANGES[0]
        REPORTED = CHANGES[1]
        PENDING = CHANGES[2]
        REJECTED = CHANGES[3]
        RECALLED = CHANGES[4]
        WITHDRAWN = "withdrawn", _("change given up")
        APPLIED = "applied", _("change applied")

    #: Whose rights are asked for it, and whose history tells of it.
    rights_of = Contract
    history_part_of = "contract"
    names_along = Contract.names_along
    #: A form asks which of its fields stand once in the house: as of a contract.
    once = Contract.once

    acts = guards.AMENDMENT_ACTS
    moments = OF_AMENDMENTS
    merge_waits = Q(state__in=("reported", "pending"))
    OPEN = tuple(state for state, _label in CHANGES)
    WRITABLE = (State.WRITING, State.REJECTED, State.RECALLED)
    #: What is approved, or being decided upon, keeps its options.
    keeps_options = ~Q(state__in=WRITABLE)

    contract = models.ForeignKey(
        Contract, models.RESTRICT, related_name="amendments", editable=False
    )
    edition = models.PositiveIntegerField(_("edition"), editable=False)
    #: Whose the contract is to be; left open, it stays whose it is by then.
    owner = person(_("owner"), null=True, blank=True)
    state = models.CharField(
        _("state of the change"),
        max_length=10,
        choices=State.choices,
        default=State.WRITING,
        editable=False,
    )
    return_reason = models.CharField(
        _("reason of return"), max_length=500, blank=True, editable=False
    )
    entered_by = person(_("entered by"), editable=False)
    edited_by = person(_("content last edited by"), editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    changed_at = models.DateTimeField(
        _("changed at"), default=timezone.now, editable=False
    )

    objects = OpenAmendments()
    #: What was applied or given up names for ever what it named.
    holding = OpenAmendments()
    everything = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        default_permissions = ()
        base_manager_name = "everything"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                "contract",
                name="amendment_one_open",
                condition=Q(
                    state__in=("writing", "reported", "pending", "rejected", "recalled")
                ),
            ),
            *guards.amendment_checks(LARGEST_AMOUNT),
        )
        triggers = (
            noted(
                "contracts.amendment",
                title="title",
                ignored=("edited_by_id", "external_key"),
                subject=SUBJECT,
            ),
            never_deleted(),
            parents_live(),
            *options_kept(),
            *guards.amendment_triggers(CONTENT),
            guards.turns_of_changes(),
        )

    def __str__(self):
        return f"{self.contract.number} {self.title}"

    def get_absolute_url(self):
        """Return the address of the change: of a contract there is one at a time."""
        return self.contract.page_of("amendment")

    def validate_constraints(self, exclude=None):
        """Refuse another contract's external number: this is to hold one day."""
        super().validate_constraints(exclude=exclude)
        if self.external_is_taken():
            raise ValidationError(EXTERNAL_TAKEN)

    def external_is_taken(self):
        """Say whether another contract has the external number by now."""
        others = Contract.objects.exclude(pk=self.contract_id)
        key = self.external_key
        return key != "" and others.filter(external_key=key).exists()

    @property
    def version(self):
        """The version of the contract, which counts the changes of this too."""
        return self.contract.version

    @property
    def shown_version(self):
        """The version that a form shows."""
        return self.contract.version

    @property
    def changed_by(self):
        """Who changed it last."""
        return self.edited_by

    @property
    def number(self):
        """The number of the contract."""
        return self.contract.number

    @property
    def is_writable(self):
        """Whether its content may change."""
        return self.state in self.WRITABLE

    #: They may all be taken away while it is written.
    attachments_stay = False

    @property
    def attachments_frozen(self):
        """Files are part of what is approved."""
        return not self.is_writable

    def allowed(self, user, *actions):
        """Return those of the actions that the person may do to the contract."""
        return self.contract.allowed(user, *actions)


class LinesUnderWay(models.Manager):
    """The lines of changes that are still under way."""

    def get_queryset(self):
        """Leave out what was applied, and held since, or given up."""
        return super().get_queryset().filter(amendment__state__in=Amendment.OPEN)


class AmendmentLine(Line):
    """A line that a change proposes; it holds its product until that is decided."""

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="lines")
    contract = models.ForeignKey(
        Contract, models.RESTRICT, related_name="+", editable=False
    )

    merge_waits = Q(amendment__state__in=("reported", "pending"))

    objects = models.Manager()
    holding = LinesUnderWay()

    class Meta(Line.Meta):
        verbose_name = _("line of a change")
        verbose_name_plural = _("lines of a change")
        constraints = guards.line_checks("amendment_line", LARGEST_AMOUNT)
        triggers = (
            noted("contracts.amendmentline", title="product_id", subject=SUBJECT),
            parents_live(),
            *guards.proposed_part_triggers(),
        )


class AmendmentAttachment(Attachment):
    """A file that is to belong to a contract."""

    record = models.ForeignKey(
        Amendment,
        models.CASCADE,
        related_name="attachments",
        db_column="amendment_id",
    )
    contract = models.ForeignKey(
        Contract, models.RESTRICT, related_name="+", editable=False
    )

    class Meta(Attachment.Meta):
        verbose_name = _("file of a change")
        verbose_name_plural = _("files of a change")
        triggers = (
            noted("contracts.amendmentattachment", title="name", subject=SUBJECT),
            *guards.proposed_part_triggers(),
        )
