"""What every business record has: an owner, a reporter, a version, what a kind says
of itself. Its verbs are those of the books and of the recycle bin."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.guards import actor
from crm.guards.acts import becomes
from crm.models.books import InBooks
from crm.models.dated import Dated
from crm.models.day_facts import DayFact
from crm.models.filed_figures import FiledFigure
from crm.models.measures import Measure
from crm.models.moments import Moment
from crm.models.ownership import is_owned
from crm.models.querysets import LiveManager, RecordQuerySet
from crm.models.recycle_bin import InBin
from crm.models.registration import Registration
from crm.models.return_reasons import ReasonField
from crm.models.searching import Searched
from crm.models.versions import Versioned, signature
from crm.rights.permissions import permission

#: No condition on whose the rows are.
UNBOUND = Q()


class Record(InBooks, InBin, Searched, Versioned):
    """A business record.

    A subclass says how rows lead to people: `owner_paths` are the columns of the
    people whose row it is, `team_path` the column of the customer whose team it
    has. `shared` ones are read by everybody who may read the kind at all. A list that
    sorts by a column of such records sorts by their `sort_field`.
    """

    #: What the addresses of the kind begin with.
    segment = ""
    #: What one must be allowed to do to a row to be told of its changes.
    history_to = "view"
    #: What one may have a right to do (`crm.kinds`).
    actions = ("view", "add", "change", "delete", "export", "register")
    #: ((heading, fields), …) as its form and its page show them; lists, conditions and
    #: files follow from that, too (`crm.models.groups`).
    groups = ()
    #: Relations: the pages of those have a tab with these records.
    tab_under = ()
    #: How its rows stand in time lines, beside what the history tells of them.
    moments: tuple[Moment, ...] = ()
    #: Numbers of its rows that the pages of what they are filed under show.
    figures: tuple[FiledFigure, ...] = ()
    #: Numbers of its rows, by person and month, for which targets can be set.
    measures: tuple[Measure, ...] = ()
    #: Whether such a row is what one writes of a talk, wherever one is: a follow-up.
    #: Its `of_text(text, method, occurred_at, customer, …)` returns one not saved yet.
    is_follow_up = False
    #: Where the module stands that ends such rows with a record that they are about.
    settling = ""
    #: Where the module stands that knows at what prices such rows let a record be sold.
    quoting = ""
    #: What its rows put into a calendar (`crm.models.dated`).
    dated: tuple[Dated, ...] = ()
    #: What its rows are of somebody's day (`crm.models.day_facts`).
    day_facts: tuple[DayFact, ...] = ()
    #: Whether its rows are what people write of themselves: nobody but they and those
    #: above them sees them, unless a company says otherwise (`crm.shipped.roles`).
    personal = False
    #: Which of its rows somebody takes over from who leaves. None: they are about what
    #: that person did, and stay with the name.
    passes_on: Q | None = Q()
    #: Its place among the kinds of its app.
    rank = 0
    owner_paths = ("owner",)
    team_path = None
    shared = False
    #: Whether it tells of what its owner did, and stays with that name who leaves.
    stays_with_name = False
    #: Whether its owner alone, or somebody above, changes it, whoever else reads it.
    own_doing = False
    #: Relations to what the row is filed under: named whoever looks (`crm.related`).
    names_along = ()
    #: {field: the column that keeps its value single}: taken by one row, seen or not.
    once: dict[str, str] = {}
    #: Fields that only the form of a new record asks for: later, verbs change them.
    asked_once: tuple[str, ...] = ()
    #: Columns that PostgreSQL fills as a row is entered: they are read back.
    given_on_entry: tuple[str, ...] = ()
    #: Fields of which each row has its own: they are never written to many at once.
    each_its_own: tuple[str, ...] = ()
    #: What tells apart records of one name, where they stand without their columns.
    title_extras = ()
    #: Where the `crm.approval.flow.Flow` of the kind stands, if it has one.
    flow = ""
    #: Where each `crm.papers.paper.Paper` of the kind stands.
    papers: tuple[str, ...] = ()
    #: Where the charts of the kind stand (`crm.charts.chart`), if it has any.
    charts = ""
    #: The module of `differences` and `repair`, where sums of other rows are kept.
    kept_sums = ""
    #: The module of `register`, `send_back` and `report_again`, where more belongs to
    #: them than to those of the books.
    inbox_verbs = ""
    #: What two rows of one thing share (`crm.duplicates.traits`); none: such rows are
    #: never merged.
    traits = ()
    #: The function that finds what rows look like (`crm.duplicates.likely`), where it
    #: finds more than was kept as they were saved.
    likely = ""
    #: What of a report and what it looks like stands side by side in the inbox; none:
    #: what its traits read.
    compared: tuple[str, ...] = ()
    #: Columns that fill others of a form where the row is chosen: a product's price.
    fills_when_chosen = ()
    sort_field = "pk"
    #: {column: the field of forms into which it was typed}, where these are two.
    typed_into: dict[str, str] = {}
    #: The column by which the numbers of these records are kept, if they are.
    tally_state = ""
    #: {column of an order that is paged through far inside: its type in PostgreSQL}.
    milestoned: dict[str, str] = {}
    #: What an entry of the history may be called, and what the row shows then.
    #: {action: names of fields that only those set who have the right to it}.
    fields_by_right = {}
    acts = {
        "registered": becomes("registration", "registered"),
        "returned": becomes("registration", "returned"),
        "reported": becomes("registration", "reported"),
        "transferred": "op = 'UPDATE' AND old ->> 'owner_id' <> new ->> 'owner_id'",
        "deleted": "old ->> 'deleted_at' IS NULL AND new ->> 'deleted_at' IS NOT NULL",
        "restored": "old ->> 'deleted_at' IS NOT NULL AND new ->> 'deleted_at' IS NULL",
        "purged": "op = 'DELETE'",
    }
    #: {relation to this kind: condition}: which of its rows forms offer for it.
    choosable: dict[str, Q] = {}
    #: {relation: condition}: what goes along when the row that it is filed under gets
    #: another owner (`crm.bulk`), of what its former owner had.
    goes_along: dict[str, Q] = {}
    #: Columns that PostgreSQL may change with the owner: taking a transfer back puts
    #: them back.
    follows_owner: tuple[str, ...] = ()
    #: Fields of regions and options by which its rows may be shared out among the
    #: successors of who leaves.
    shared_by: tuple[str, ...] = ()
    #: Whether files can neither come nor go at present; a contract says when.
    attachments_frozen = False
    #: Whether files that others brought stay, because it was decided with them.
    attachments_stay = False

    owner = signature(_("owner"))
    reporter = signature(_("reporter"), blank=True)
    entered_by = signature(_("entered by"), editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    deleted_by = signature(_("deleted by"), null=True, editable=False)
    registration = models.CharField(
        _("registration"),
        max_length=10,
        choices=Registration.choices,
        default=Registration.REPORTED,
        editable=False,
    )
    registered_by = signature(_("registered by"), null=True, editable=False)
    registered_at = models.DateTimeField(_("registered at"), null=True, editable=False)
    return_reason = ReasonField(
        _("reason of return"), max_length=500, blank=True, editable=False
    )

    objects = LiveManager()
    everything = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        base_manager_name = "everything"
        ordering = ("-created_at", "-pk")

    def get_absolute_url(self):
        """Return the address of the record's own page."""
        return reverse(f"{self._meta.model_name}_detail", args=[self.pk])

    @classmethod
    def tallied_by(cls):
        """Return {owner, other, state, amount}: columns by which `crm.Tally` keeps
        the numbers of these records; nothing if it does not."""
        triggers = getattr(cls._meta, "triggers", ())
        kept = (getattr(trigger, "columns", {}) for trigger in triggers)
        return next((columns for columns in kept if "state" in columns), {})

    @classmethod
    def is_tallied(cls):
        """Say whether the numbers of these records are kept (`crm.Tally`)."""
        return bool(cls.tallied_by())

    def value_once(self, name):
        """Return what the database compares of a field of `once`."""
        method = getattr(self._meta.get_field(self.once[name]), "method", None)
        return getattr(self, method)() if method else getattr(self, name)

    @classmethod
    def ids_beyond_reach(cls, user, action, outside=UNBOUND):
        """Return queries of the ids of rows that one sees whoever's they are.

        Those alone that meet the condition `outside` on the owners.
        """
        return ()

    def allowed(self, user, *actions):
        """Return those of the actions that the person may do to this record.

        The same answer as `visible_to` gives, but from the row as it was read: only
        `ids_beyond_reach` takes a query.
        """
        rows = type(self).objects
        return {
            action for action in actions if rows.visibility(user, action).includes(self)
        }

    def left_to_others(self, user):
        """Return the fields that this person does not set, whatever else they change.

        Of a record that is not stored yet, those to which they have no right at all.
        """
        found = set()
        for action, names in self.fields_by_right.items():
            if self.pk:
                may = action in self.allowed(user, action)
            else:
                may = user.has_perm(permission(action, type(self)))
            found.update(() if may else names)
        return found

    def filed(self, model, relation, user):
        """Return the rows of a kind that lead here and that the person may see.

        Args:
            model: their kind, a record.
            relation: by which they lead here.
            user: who looks.
        """
        rows = model.objects.visible_to(user)
        if model._meta.get_field(relation).many_to_many:  # several ties count once
            tied = model.everything.filter(**{relation: self.pk}).order_by()
            return rows.filter(pk__in=tied.values("pk"))
        return rows.filter(**{relation: self.pk})

    @classmethod
    def page(cls, name):
        """Return the address of one of the kind's pages: list, create."""
        return reverse(f"{cls._meta.model_name}_{name}")

    @classmethod
    def open_to(cls, act):
        """Return the condition "its state allows this to be done to it".

        Args:
            act: what `crm.bulk` does to many: transfer, edit, team.
        """
        return Q()

    def enter(self, by):
        """Save for the first time, signed; read back what PostgreSQL gave it."""
        self.sign(by)
        with actor.acting(by):
            self.save(force_insert=True)
        if self.given_on_entry:
            self.refresh_from_db(fields=self.given_on_entry)

    def sign(self, by):
        """Note on a new record who typed it, who brought it, is it registered.

        Whoever may register what its owner enters puts it straight into the books,
        unless it is filed under something that is not in them; else it is a report.
        """
        self.entered_by = by
        if self.reporter_id is None:
            self.reporter = by
        if self.owner_id is None:
            self.owner = self.reporter
        reach = by.rights.reach(permission("register", type(self)))
        above = (getattr(self, name) for name in self.names_along)
        if (
            reach is not None
            and is_owned(self, by, reach)
            and all(row is None or row.is_registered for row in above)
        ):
            self.registration = Registration.REGISTERED
            self.registered_by, self.registered_at = by, timezone.now()
