"""What the pages say of a bulk action: what it means beforehand, what became of it."""

from django.apps import apps
from django.db.models import CharField, Count, F, Q, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.bulk.choosing import counts_of
from crm.bulk.models import BulkRow
from crm.bulk.reach import goes_along, has_own_owner
from crm.display import label_of, moment_text, yes_no
from crm.history.entries import value_text
from crm.kinds import tabs_of
from crm.models import User
from crm.models.registration import BOOKS
from crm.queries.figures import counts

State = BulkRow.State
#: Rows that are named; of the others the number is told.
NAMED = 10
#: States of rows that their person should know of.
NOT_DONE = (State.LEFT_OUT, State.STALE, State.REFUSED, State.SAME, State.KEPT)


def preview_of(bulk, user):
    """Return {will, first, left, along, stays, reports}: what it would mean.

    `first` are the first rows of `will`, `left` is {number, links} of what the person
    may not change, `along` and `stays` are [(kind, number)] of what hangs on the rows,
    `reports` {passing, staying} the numbers of what is not registered yet.
    """
    states = counts_of(bulk)
    along = stays = reports = ()
    if bulk.act == bulk.Act.TRANSFER:
        along, stays, reports = _along(bulk), _stays(bulk, user), _reports(bulk)
    return {
        "will": states.get((bulk.label, State.WAITING), 0),
        "first": _links(bulk, user, state=State.WAITING),
        "left": _some(bulk, user, states, State.LEFT_OUT),
        "along": along,
        "stays": stays,
        "reports": reports,
    }


def overwritten(bulk, name):
    """Return {label, number}: of how many rows a field holds something."""
    field = bulk.model._meta.get_field(name)
    rows = bulk.model.objects.filter(pk__in=_ids(bulk)).order_by()
    rows = rows.exclude(**{f"{name}__isnull": True})
    if isinstance(field, CharField | TextField):
        rows = rows.exclude(**{name: ""})
    return {"label": label_of(bulk.model, name), "number": rows.count()}


def _ids(bulk):
    return bulk.rows.filter(state=State.WAITING).order_by().values("object_id")


def _reports(bulk):
    """Return {passing, staying}: reports whose reporter changes too, or does not."""
    rows = bulk.model.objects.filter(~BOOKS, pk__in=_ids(bulk)).order_by()
    own = Q(reporter=F("owner"))
    passing, staying = Count("pk", filter=own), Count("pk", filter=~own)
    return rows.aggregate(passing=passing, staying=staying)


def _along(bulk):
    """Return [(kind, number)] of what would go along."""
    named, asked = [], []
    for kind, relation, condition in goes_along(bulk.model):
        rows = kind.objects.filter(condition, **{f"{relation}__in": _ids(bulk)})
        asked.append(rows.filter(owner=F(f"{relation}__owner")))
        named.append(kind._meta.verbose_name_plural)
    return list(zip(named, counts(bulk.person, asked), strict=True))


def _stays(bulk, user):
    """Return [(kind, number)] of what stays with its owner, as far as one sees it."""
    along = goes_along(bulk.model)
    goes = {kind for kind, _relation, _condition in along}
    named, asked = [], []
    for kind, relation, condition in along:
        if has_own_owner(kind):
            asked.append(_filed(bulk, user, kind, relation).exclude(condition))
            name = _("%s that are finished or just being approved")
            named.append(name % kind._meta.verbose_name_plural)
    for kind, relation in tabs_of(bulk.model):
        if kind not in goes:
            asked.append(_filed(bulk, user, kind, relation))
            named.append(kind._meta.verbose_name_plural)
    pairs = zip(named, counts(user, asked), strict=True)
    return [(name, number) for name, number in pairs if number]


def _filed(bulk, user, kind, relation):
    rows = kind.objects.visible_to(user).order_by()
    return rows.filter(**{f"{relation}__in": _ids(bulk)})


def outcome_of(bulk, user):
    """Return {lines, not_done, job}: what became of the rows.

    `lines` are [(kind, number)] of what is done, `not_done` [{label, number, links}] of
    what is not, or not undone.
    """
    states = counts_of(bulk)
    done = State.UNDONE if bulk.status == bulk.Status.UNDONE else State.DONE
    lines = [
        (apps.get_model(label)._meta.verbose_name_plural, number)
        for (label, state), number in sorted(states.items())
        if state == done
    ]
    not_done = [_some(bulk, user, states, state) for state in NOT_DONE]
    return {
        "lines": lines,
        "not_done": [one for one in not_done if one],
        "job": bulk.job,
    }


def _some(bulk, user, states, state):
    """Return {label, number, links} of the rows in a state, None if there are none."""
    number = sum(n for (_label, of), n in states.items() if of == state)
    if not number:
        return None
    links = _links(bulk, user, state=state)
    return {"key": state, "label": state.label, "number": number, "links": links}


def _links(bulk, user, *, state):
    """Return [(record, why)] of the first rows in a state that the person sees now."""
    rows = bulk.rows.filter(state=state, label=bulk.label).order_by("object_id")
    reasons = dict(rows.values_list("object_id", "detail")[:NAMED])
    seen = bulk.model.objects.visible_to(user).filter(pk__in=list(reasons))
    return [(record, reasons[record.pk]) for record in seen.order_by("pk")]


def said(bulk, user):
    """Return what was to be done, as groups of facts."""
    given = bulk.given
    lines = [("person", _("done by"), bulk.person)]
    if bulk.act == bulk.Act.EDIT:
        field = bulk.model._meta.get_field(given["field"])
        label = capfirst(str(label_of(bulk.model, given["field"])))
        lines.append(("value", label, _value(field, given["value"])))
    else:
        key = "to" if bulk.act == bulk.Act.TRANSFER else "user"
        words = _("new owner") if key == "to" else _("team member")
        lines.append((key, words, User.objects.get(pk=given[key])))
    if given.get("former") == "member":
        until = given["until"] or _("for good")
        lines.append(("until", _("reads on until"), until))
    if "may_write" in given:
        lines.append(("may_write", _("may write"), yes_no(given["may_write"])))
    if bulk.done_at:
        lines.append(("done_at", _("Ended at"), moment_text(bulk.done_at)))
    if bulk.is_undoable:
        until = moment_text(bulk.undoable_until)
        lines.append(("undoable_until", _("Can be undone until"), until))
    facts = [{"name": n, "label": w, "value": v} for n, w, v in lines]
    return [(_("What was to be done"), facts)]


def _value(field, value):
    names = {}
    if field.is_relation and value is not None:
        row = field.related_model._default_manager.filter(pk=value).first()
        names = {(field.related_model, str(value)): str(row)}
    return value_text(field, value, names) or _("(emptied)")
