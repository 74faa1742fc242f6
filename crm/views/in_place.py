"""Short forms that come to the page where one is (static/js/follow_up.js)."""

from django.shortcuts import render

from crm.views.entry import RecordCreate


class InPlaceCreate(RecordCreate):
    """A short form: a page of its own, or a part of the page one is at."""

    template_name = "generic/in_place.html"
    title = ""

    def get_context_data(self, **context):
        """Add the title."""
        return {**super().get_context_data(**context), "title": self.title}

    def post(self, request, *args, **kwargs):
        """Save; in another page say so, instead of leading elsewhere."""
        answer = super().post(request, *args, **kwargs)
        if answer.status_code == 302 and "HX-Request" in request.headers:
            return render(request, "generic/saved_in_place.html")
        return answer
