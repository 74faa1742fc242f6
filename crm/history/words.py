"""The words of the history: what was done, and what the columns are called."""

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from crm.disclosures import CALLED
from crm.guards.acts import SAID

#: What was done, as an act; two verbs of one word are one act to a reader.
VERBS = {
    "created": pgettext_lazy("act", "add"),
    "changed": pgettext_lazy("act", "edit"),
    "deleted": pgettext_lazy("act", "delete"),
    "removed": pgettext_lazy("act", "delete"),
    "restored": pgettext_lazy("act", "restore"),
    "purged": pgettext_lazy("act", "delete for good"),
    "transferred": pgettext_lazy("act", "transfer"),
    "registered": pgettext_lazy("act", "register"),
    "returned": pgettext_lazy("act", "return"),
    "reported": pgettext_lazy("act", "report again"),
    "submitted": pgettext_lazy("act", "submit for approval"),
    "approved": pgettext_lazy("act", "approve"),
    "rejected": pgettext_lazy("act", "reject"),
    "recalled": pgettext_lazy("act", "recall"),
    "taken_back": pgettext_lazy("act", "take back an approval"),
    "amended": pgettext_lazy("act", "amend"),
    "withdrawn": pgettext_lazy("act", "give up a change"),
    "completed": pgettext_lazy("act", "complete"),
    "terminated": pgettext_lazy("act", "terminate"),
    "moved": pgettext_lazy("act", "move on"),
    "task_done": pgettext_lazy("act", "do a task"),
    "won": pgettext_lazy("act", "win"),
    "lost": pgettext_lazy("act", "lose"),
    "voided": pgettext_lazy("act", "make void"),
    "reopened": pgettext_lazy("act", "open again"),
    "assigned": pgettext_lazy("act", "assign"),
    "assigned_by_rule": pgettext_lazy("act", "assign by a rule"),
    "returned_by_time": pgettext_lazy("act", "take back after its time"),
    "claimed": pgettext_lazy("act", "claim"),
    "released": pgettext_lazy("act", "release into a pool"),
    "recycled": pgettext_lazy("act", "recycle"),
    "given_back": pgettext_lazy("act", "take back from a pool"),
    "touched": pgettext_lazy("act", "note the first contact"),
    "invalidated": pgettext_lazy("act", "make invalid"),
    "converted": pgettext_lazy("act", "convert"),
    "extended": pgettext_lazy("act", "extend"),
    "expired": pgettext_lazy("act", "expire"),
    "sent": pgettext_lazy("act", "send to the customer"),
    "accepted": pgettext_lazy("act", "note that the customer accepts"),
    "declined": pgettext_lazy("act", "note that the customer declines"),
    "contracted": pgettext_lazy("act", "draft the contract"),
    "superseded": pgettext_lazy("act", "replace by a new version"),
    "read_above": pgettext_lazy("act", "read and comment"),
    "answered": pgettext_lazy("act", "answer"),
    "ended": pgettext_lazy("act", "end a plan"),
    "ruled": pgettext_lazy("act", "rule on a collision"),
    "appealed": pgettext_lazy("act", "appeal"),
    "confirmed": pgettext_lazy("act", "confirm"),
    "assessed": pgettext_lazy("act", "set credit by an assessment"),
    "locked": pgettext_lazy("act", "lock"),
    "asked": pgettext_lazy("act", "ask for a change"),
    "granted": pgettext_lazy("act", "grant a change"),
    "issued": pgettext_lazy("act", "issue an invoice"),
    "imported": pgettext_lazy("act", "import"),
    "import_undone": pgettext_lazy("act", "undo an import"),
    "exported": pgettext_lazy("act", "export"),
    "downloaded": pgettext_lazy("act", "download"),
    "merged": pgettext_lazy("act", "merge"),
    "unmerged": pgettext_lazy("act", "take a merge back"),
    "dismissed": pgettext_lazy("act", "say that they are not the same"),
    "reconsidered": pgettext_lazy("act", "take back that they are not the same"),
    "replaced": pgettext_lazy("act", "replace everywhere"),
    "deactivated": pgettext_lazy("act", "deactivate"),
    "reactivated": pgettext_lazy("act", "reactivate"),
    "left": pgettext_lazy("act", "leave"),
    "unlocked": pgettext_lazy("act", "lift a lock"),
    "session_ended": pgettext_lazy("act", "end a session"),
    "second_factor_added": pgettext_lazy("act", "set up a second factor"),
    "second_factor_removed": pgettext_lazy("act", "remove the second factor"),
    "rejoined": pgettext_lazy("act", "rejoin"),
    "password_set": pgettext_lazy("act", "set the password"),
    "password_rehashed": pgettext_lazy("act", "set the password"),
    "signed_in": pgettext_lazy("act", "sign in"),
    "signed_out": pgettext_lazy("act", "sign out"),
    "sign_in_failed": pgettext_lazy("act", "fail to sign in"),
    "refused": pgettext_lazy("act", "be refused"),
    "told_of_customer": pgettext_lazy("act", "learn of another's customer"),
    "asked_owner": pgettext_lazy("act", "ask the owner"),
    "entered_all_the_same": pgettext_lazy("act", "go on beside a likely duplicate"),
    "brought_back": pgettext_lazy("act", "restore a backup"),
    "shipped": pgettext_lazy("act", "bring by a new version"),
}
#: These say of themselves what was done to: the name of that kind would repeat them.
NAMES_ITS_PART = frozenset(("taken_back",))
#: What is told of acts that change no column.
FACTS = {
    "rows": pgettext_lazy("fact", "rows"),
    "format": pgettext_lazy("fact", "format"),
    "conditions": pgettext_lazy("fact", "conditions"),
    "name": pgettext_lazy("fact", "file"),
    "reason": pgettext_lazy("fact", "reason"),
    "similar": pgettext_lazy("fact", "likely duplicates"),
    "session": pgettext_lazy("fact", "sessions"),
    CALLED: pgettext_lazy("fact", "record"),
}
#: What changes no row is told by facts, not by columns.
OF_NO_COLUMN = frozenset(SAID)


def act(verb):
    """Return what a verb is called; one that a later version wrote is another act."""
    return str(VERBS.get(verb, _("other act")))


def same_act(verb):
    """Return the verbs that a reader cannot tell from this one."""
    return [other for other in VERBS if act(other) == act(verb)]


def field_of(model, column):
    """Return the field of a column, or None."""
    for field in model._meta.concrete_fields if model else ():
        if column == field.column:
            return field
    return None


def word_of(model, verb, column):
    """Return what a column is called in an entry, or None if it is not told.

    A relation without a label of its own is called what it leads to; any other
    column without one is kept by the program for itself.
    """
    if verb in OF_NO_COLUMN or model is None:
        return str(FACTS[column]) if column in FACTS else None
    field = field_of(model, column)
    if field is None:
        return _("Former column")
    if field.primary_key or not (is_labelled(field) or field.is_relation):
        return None
    if field.is_relation and not has_name(field.related_model):
        return None
    named = field.verbose_name if is_labelled(field) else field_name(field)
    return capfirst(str(named))


def has_name(model):
    """Say whether rows of a kind are called anything: machinery is not."""
    return model.__str__ is not Model.__str__


def is_labelled(field):
    """Say whether a field was given a label."""
    return field._verbose_name is not None


def field_name(field):
    """Return what the rows that a relation leads to are called."""
    return field.related_model._meta.verbose_name


def title_of(model, title):
    """Return the title of an entry in words, and the row that it is the name of.

    Args:
        model: the kind of row that changed, or None.
        title: the text of one of its columns, as the trigger noted it.

    Returns:
        (text, None), or ("", (model, id)) where that column is a relation, or the row
        is called by those that it ties (`tied_ids`).
    """
    names = [t.titled_by for t in triggers_of(model) if hasattr(t, "titled_by")]
    field = field_of(model, names[0]) if names else None
    if hasattr(model, "tied_ids"):
        return "", (model, title)
    if field is None:
        return title, None
    if field.is_relation:
        return "", (field.related_model, title)
    if field.choices:
        return capfirst(str(dict(field.flatchoices).get(title, title))), None
    return "" if field.primary_key else title, None


def triggers_of(model):
    """Return the triggers of a kind of row, none for what is no kind any more."""
    return getattr(model._meta, "triggers", ()) if model else ()
