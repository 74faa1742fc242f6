"""The addresses of the program, and those of concessions."""

from crm.urls import handler500
from crm.urls import urlpatterns as of_the_program
from crm.views.approval.pages import approved_urls
from tests.crm.concessions import FLOW

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [*of_the_program, *approved_urls(FLOW)]
