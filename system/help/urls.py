"""The addresses of the help."""

from django.urls import path

from system.help import pages, tour

urlpatterns = [
    path("", pages.help_page, name="help"),
    path("words/", pages.words_page, name="help_words"),
    path("commands/", pages.commands, name="commands"),
    path("first-steps/", pages.end_first_steps, name="first_steps_end"),
    path("tour/", tour.go_on, name="tour"),
]
