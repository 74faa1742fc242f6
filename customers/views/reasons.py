"""Forms that ask why one goes on where there seems to be such a record already."""

from crm.text import clean
from customers.similar import go_on, refusal

#: Letters of a reason that are kept.
LONGEST_REASON = 200


class WithReason:
    """A page that shows what is `similar` already, and asks why one goes on."""

    similar, is_reason_missing = None, False

    @property
    def reason(self):
        """Why one goes on, as it is kept."""
        return clean(self.request.POST.get("duplicate_reason", ""))[:LONGEST_REASON]

    def get_context_data(self, **context):
        """Add what there is already, and the reason that was given."""
        return super().get_context_data(
            similar=self.similar,
            duplicate_reason=self.request.POST.get("duplicate_reason", ""),
            is_reason_missing=self.is_reason_missing,
            **context,
        )


class Reasoned(WithReason):
    """A form that is saved beside a likely duplicate for a reason only.

    A subclass names the columns by which records are told apart as `asked` and finds
    what is there already by `likely(record)`: `customers.similar.Similar`, or
    something that says the same of another kind.
    """

    asked = ()
    #: The field at which the refusal stands; above the form without one.
    refused_field = None

    def form_valid(self, form):
        """Save, unless there seems to be such a record and no reason is given."""
        if not set(self.asked).isdisjoint(form.changed_data):
            self.similar = self.likely(form.instance)
            if self.similar.asks and not self.reason:
                self.is_reason_missing = True
                form.add_error(self.refused_field, refusal(form.instance))
                return self.form_invalid(form)
        return super().form_valid(form)

    def save(self, form):
        """Save; note the reason in the record's history."""
        record = super().save(form)
        if self.similar is not None and self.similar.asks:
            request = self.request
            go_on(record, self.similar, self.reason, request.user, request)
        return record
