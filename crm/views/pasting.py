"""A form with a box into which a card, a signature or a licence is pasted."""

from crm.forms.pasting import fill_in


class PasteMixin:
    """A form that is filled from the text in its box, shown, and not saved yet.

    `takes` is {field: the facts of `crm.chinese.pasting` it takes}. The page answers
    itself: what was typed stays in it, and no draft of it is lost on the way.
    """

    takes: dict[str, tuple[str, ...]] = {}
    filled = None

    def post(self, request, *args, **kwargs):
        """Fill in the form if that was asked for; save it otherwise."""
        if "split" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.object = self.get_object() if "pk" in self.kwargs else None
        data = request.POST.copy()
        fields, text = self.form_class.base_fields, data.get("pasted", "")
        companies = {} if self.object else self.companies()
        self.filled = fill_in(fields, self.takes, data, text, companies)
        form = self.form_class(**{**self.get_form_kwargs(), "data": data})
        context = self.get_context_data(form=form.unchecked())
        return self.render_to_response(context)

    def companies(self):
        """Return {field: function from a company's name to the key of its row}."""
        return {}

    def get_context_data(self, **context):
        """Add the box, and what became of the text in it."""
        pasted = self.request.POST.get("pasted", "")
        return super().get_context_data(
            can_paste=True,
            filled=self.filled,
            pasted=pasted if self.filled is None else self.filled.rest,
            **context,
        )
