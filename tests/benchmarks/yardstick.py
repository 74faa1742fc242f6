"""The yardstick of a list page: the same page by raw SQL and a plain template."""

from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.safestring import mark_safe

from crm.permissions import permission
from customers.models import Customer

ROWS = """
SELECT c.id, c.name, c.number, c.kind, i.label, r.full_name, c.phone, l.label,
    c.status, u.name, c.last_contact_at, c.next_contact_at
FROM customers_customer c
JOIN crm_user u ON u.id = c.owner_id
LEFT JOIN crm_region r ON r.code = c.region_id
LEFT JOIN crm_dictionaryitem i ON i.id = c.industry_id
LEFT JOIN crm_dictionaryitem l ON l.id = c.level_id
WHERE c.deleted_at IS NULL AND (
    c.registration = 'registered' AND c.owner_id = ANY(%s)
    OR c.registration <> 'registered' AND (c.reporter_id = %s OR c.entered_by_id = %s)
)
ORDER BY c.created_at DESC NULLS LAST, c.id DESC LIMIT 25
"""
COUNT = """
SELECT count(*) FROM customers_customer c
WHERE c.deleted_at IS NULL AND (
    c.registration = 'registered' AND c.owner_id = ANY(%s)
    OR c.registration <> 'registered' AND (c.reporter_id = %s OR c.entered_by_id = %s)
)
"""
CELLS = "".join(f"<td>{{{{ row.{n}|default_if_none:'' }}}}</td>" for n in range(2, 12))
TEMPLATE = f"""
{{% extends "base.html" %}}
{{% block content %}}{{{{ form }}}}<p>{{{{ total }}}}</p><table>
{{% for row in rows %}}<tr data-id="{{{{ row.0 }}}}">
<td><a href="/customers/{{{{ row.0 }}}}/">{{{{ row.1 }}}}</a></td>{CELLS}</tr>
{{% endfor %}}</table>{{% endblock %}}
"""
kept = {}


def plain_list(request):
    """Show the first page of the customers by hand-written SQL."""
    user = request.user
    people = user.rights.people(user.rights.reach(permission("view", Customer)))
    scope = [sorted(people), user.pk, user.pk]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, scope)
        (total,) = cursor.fetchone()
        cursor.execute(ROWS, scope)
        rows = cursor.fetchall()
    template = kept.setdefault("list", engines["django"].from_string(TEMPLATE))
    context = {"rows": rows, "total": total, "form": mark_safe(kept["form"])}
    return HttpResponse(template.render(context, request))


urlpatterns = [path("plain/customers/", plain_list), path("", include("crm.urls"))]
