"""What became of a lead, in words: for its page, and for who had it done."""

from django.utils.translation import gettext as _

from sales.models import LeadAssignment, LeadRule

How, Does = LeadAssignment.How, LeadRule.Does


def words_of(row):
    """Return what an assignment did, in words.

    Args:
        row: with its rule and its person.
    """
    said = {
        How.HAND: _("Assigned by hand: %(person)s"),
        How.TIMEOUT: _("Taken back from %(person)s: not contacted in 16 working hours"),
        How.ABSENT: _("Rule “%(rule)s”: nobody of it was there"),
        How.NOBODY: _("Rule “%(rule)s”: to be assigned by hand"),
        How.RULE: _("Assigned by rule “%(rule)s”: %(person)s"),
    }[row.how]
    if row.how == How.RULE and row.rule.does == Does.TURNS:
        said = _("Assigned by rule “%(rule)s”: the turn of %(person)s")
    return said % {"rule": row.rule, "person": row.person}
