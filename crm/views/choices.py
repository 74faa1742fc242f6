"""What a picker offers to choose from: the rows of one kind that one may see."""

from django.apps import apps
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_GET

from crm.chinese.folding import folded
from crm.forms.lookups import LARGEST_ID, OFFERED
from crm.lists.ordering import Order
from crm.models import Department, Record, Region, User
from crm.models.people import LEAVING
from crm.queries.totals import first_rows
from crm.related import rows_for
from crm.running.replica import reads_from_replica

LONGEST = 100


@require_GET
@reads_from_replica
def choices(request, label):
    """Answer a picker: `{"results": [{"id", "text", …}]}` of rows one may see.

    A relation of the rows narrows them: `?customer=7` are that customer's. `for` names
    what they are chosen for, where not all of them fit that (`Record.choosable`); of
    people, `seeing` names a kind: those who may see its rows.
    """
    model = _kind(label)
    text = request.GET.get("q", "").strip()[:LONGEST].replace("\0", "")
    narrowed = _narrowed(model, request)
    if model is User and narrowed is not None:
        rows = _people(request, text).filter(**narrowed)[:OFFERED]
    else:
        rows = () if narrowed is None else _rows(model, request, text, narrowed)
    return JsonResponse({"results": [_choice(row) for row in rows]})


def _kind(label):
    """Return the model of a label; there is no page of any other."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error


def _choice(row):
    """Return a row as a choice, with what fills other fields once it is chosen."""
    filled = {
        name: getattr(row, name) for name in getattr(row, "fills_when_chosen", ())
    }
    return {"id": row.pk, "text": str(row), **filled}


def _narrowed(model, request):
    """Return {column: id} of what the address says the rows belong to.

    None if it names a row that the person may not know: nothing belongs to it.
    """
    found = {}
    for field in model._meta.concrete_fields:
        given = request.GET.get(field.name, "")
        if field.many_to_one and given.isascii() and given.isdigit():
            target = min(int(given[:19]), LARGEST_ID)
            known = rows_for(request.user, field.related_model)
            if not known.filter(pk=target).exists():
                return None
            found[field.attname] = target
    return found


def _rows(model, request, text, narrowed):
    """Return the rows of a lookup: records, departments and regions, beside people.

    Args:
        model: the kind of row.
        request: of who looks, and what for.
        text: what is looked for, if anything.
        narrowed: {column: id} of what the rows belong to.
    """
    user = request.user
    if issubclass(model, Record):
        fitting = model.choosable.get(request.GET.get("for", ""), Q())
        if not text and not narrowed and not fitting:
            return model.objects.visibility(user).newest(OFFERED)
        rows = model.objects.visibility(user).by_index().filter(fitting, **narrowed)
        if not text:
            return rows[:OFFERED]
        newest = Order(model, "created_at", down=True)
        return first_rows(rows.search(text, user), newest, OFFERED)
    if model is Department:  # few, and without search columns
        departments, wanted = Department.objects.filter(**narrowed), folded(text)
        return [one for one in departments if wanted in folded(one.name)][:OFFERED]
    if model is Region:
        regions = Region.objects.filter(Region.matching(text))
        return regions.filter(**narrowed)[:OFFERED]
    raise Http404


def _people(request, text):
    """Return the people whom one may see: all, those who work here, those who leave."""
    people = User.objects.visible_to(request.user).filter(User.matching(text))
    if seen := request.GET.get("seeing"):
        able = User.objects.seeing(_kind(seen)).order_by()
        people = people.filter(pk__in=able.values("pk"))
    if request.GET.get("active"):
        return people.filter(is_active=True)  # a form offers nobody who has left
    return people.filter(LEAVING) if request.GET.get("leaving") else people
