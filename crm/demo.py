"""The people of the demo, as the console and the sign-in page name them."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from crm.models import User

PASSWORD = "crm-demo-2026"  # noqa: S105 - shown to everybody, demo data only
#: (username, name, code of the role)
PEOPLE = (
    ("sales", "张伟", "salesperson"),
    ("sales2", "王芳", "salesperson"),
    ("researcher", "陈静", "researcher"),
    ("infoadmin", "李娜", "information_administrator"),
    ("supervisor", "赵强", "supervisor"),
    ("sysadmin", "周敏", "system_administrator"),
    ("finance", "何敏", "finance"),
)


def loaded():
    """Return [(username, name, names of roles)] of the demo people that are here."""
    if not settings.DEMO:
        return []
    names = [username for username, _name, _role in PEOPLE]
    people = User.objects.active().filter(username__in=names)
    found = {person.username: person for person in people.prefetch_related("roles")}
    return [
        (name, found[name].name, "、".join(map(str, found[name].roles.all())))
        for name in names
        if name in found
    ]


def demo_people(_request):
    """Context processor: the demo people, asked for only where a page shows them."""
    return {"demo_people": SimpleLazyObject(loaded), "demo_password": PASSWORD}
