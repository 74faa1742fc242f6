"""The addresses of the product and, beside them, of what it is measured by."""

from django.urls import include, path

from tests.benchmarks.rendering.admin import site
from tests.benchmarks.rendering.plain import plain_list

urlpatterns = [
    path("plain/customers/", plain_list),
    path("admin/", site.urls),
    path("", include("crm.urls")),
]
