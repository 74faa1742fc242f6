"""An entry is called what the row shows, whatever the program says it is doing."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from crm.guards.actor import acting
from crm.guards.acts import SAID
from crm.history.words import VERBS
from crm.models import HistoryEntry, Role, User
from customers.models import Customer
from tests.factories import a_customer, an_interaction
from tests.pages import record_models
from tests.site.world import rows_of

pytestmark = pytest.mark.django_db
MODELS = record_models()


def called(row):
    """Return what the newest entry of a row is called."""
    entries = HistoryEntry.objects.filter(label=row._meta.label_lower, object_id=row.pk)
    return entries.latest("pk").verb


@pytest.mark.parametrize(
    "verb", sorted(set(VERBS) - {"imported", "import_undone", "replaced"})
)
def test_a_changed_telephone_is_a_change_whatever_it_is_said_to_be(verb, zhang):
    customer = a_customer(zhang)
    # Tests work as the owner of the tables, who may bring a new version.
    expected = "shipped" if verb == "shipped" else "changed"
    with acting(zhang, verb=verb):
        Customer.objects.filter(pk=customer.pk).update(phone="110")
    assert called(customer) == expected


@pytest.mark.parametrize("verb", ["approved", "completed", "deactivated", "exported"])
def test_what_is_another_kinds_act_is_none_of_a_customer(verb, zhang, lina):
    customer = a_customer(zhang, registered=False)
    books = {"registration": "registered", "registered_by": lina}
    with acting(lina, verb=verb):
        Customer.objects.filter(pk=customer.pk).update(
            registered_at=timezone.now(), **books
        )
    assert called(customer) == "changed"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_kind_of_record_is_deleted_by_a_change_of_its_reporter(model, zhang, wang):
    row = rows_of(zhang)[model]
    with acting(zhang, verb="deleted"):
        model.everything.filter(pk=row.pk).update(reporter=wang)
    assert called(row) == "changed"


def test_only_one_of_the_rows_was_restored(zhang):
    meeting = an_interaction(a_customer(zhang))
    with acting(zhang, verb="deleted"):
        type(meeting).objects.filter(pk=meeting.pk).update(deleted_at=timezone.now())
        Customer.objects.filter(pk=meeting.customer_id).update(phone="110")
    assert (called(meeting), called(meeting.customer)) == ("deleted", "changed")


def test_leaving_and_being_let_in_again_are_told_apart(zhang):
    rows = User.objects.filter(pk=zhang.pk)
    for said, change, shown in (
        ("reactivated", {"phone": "110"}, "changed"),
        ("deactivated", {"is_active": False}, "deactivated"),
        ("reactivated", {"is_active": True}, "reactivated"),
        ("left", {"left_on": timezone.localdate()}, "left"),
        ("rejoined", {"left_on": None}, "rejoined"),
    ):
        with acting(None, verb=said):
            rows.update(**change)
        assert called(zhang) == shown


@pytest.mark.parametrize("verb", sorted(set(VERBS) - set(SAID)))
def test_the_program_does_not_say_what_only_rows_show(verb, zhang):
    with pytest.raises(DatabaseError, match="only a trigger"), transaction.atomic():
        HistoryEntry.record(zhang, verb)


def test_everything_that_the_program_says_has_a_word():
    assert set(SAID) < set(VERBS)


def test_an_actor_is_called_by_the_name_that_he_has(zhang):
    with acting(zhang):
        Role.objects.create(code="x", name="甲")
    assert HistoryEntry.objects.latest("pk").actor_name == "张伟"


# --- Where a row comes from, and how often it changed ---------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
@pytest.mark.parametrize("column", ["number", "created_at", "entered_by"])
def test_where_a_row_comes_from_never_changes(column, model, zhang, wang):
    row = rows_of(zhang)[model]
    value = {"created_at": timezone.now(), "entered_by": wang}.get(column, "X-1")
    if not hasattr(row, column):
        assert column == "number"
        return
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        model.everything.filter(pk=row.pk).update(**{column: value})
    assert "never changes" in str(refused.value)


def test_nobody_counts_the_changes_or_signs_them_by_hand(zhang, wang):
    customer = a_customer(zhang)
    before = customer.changed_at
    rows = Customer.objects.filter(pk=customer.pk)
    rows.update(version=40, changed_at=timezone.now(), changed_by=wang)
    customer.refresh_from_db()
    assert (customer.version, customer.changed_at) == (1, before)
    assert customer.changed_by != wang
    with acting(zhang):
        rows.update(version=40, changed_by=wang, phone="110")
    customer.refresh_from_db()
    assert (customer.version, customer.changed_by) == (2, zhang)
