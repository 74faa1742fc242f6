"""What became of a lead, in words: for its page, and for who had it done."""

from django.utils.translation import gettext as _

from sales.models import LeadAssignment, LeadRule

How, Does = LeadAssignment.How, LeadRule.Does


def why_nobody(how):
    """Return why a rule has nobody for a lead, in words; empty if it gives it away."""
    return {
        How.ABSENT: _("Nobody of the rule is there."),
        How.FULL: _("All of the rule have as many open leads as they may."),
        How.HAD: _("All of the rule had this lead before."),
        How.MIXED: _(
            "Nobody of the rule can take it now: absent, with as many as they may have,"
            " or had it before."
        ),
        How.NOBODY: _("To be assigned by hand."),
    }.get(how, "")


def words_of(row):
    """Return what an assignment did, in words.

    Args:
        row: with its rule and its person.
    """
    said = {
        How.HAND: _("Assigned by hand: %(person)s"),
        How.KEPT: _("Not to go by the rules: %(person)s keeps it"),
        How.TIMEOUT: _("Taken back from %(person)s: not contacted in 16 working hours"),
        How.ABSENT: _("Rule “%(rule)s”: nobody of it was there"),
        How.FULL: _("Rule “%(rule)s”: all of it had as many open leads as they may"),
        How.HAD: _("Rule “%(rule)s”: all of it had this lead before"),
        How.MIXED: _(
            "Rule “%(rule)s”: nobody of it could take the lead (absent, with as many as"
            " they may have, or had it before)"
        ),
        How.NOBODY: _("Rule “%(rule)s”: to be assigned by hand"),
        How.RULE: _("Assigned by rule “%(rule)s”: %(person)s"),
    }[row.how]
    if row.how == How.RULE and row.rule.does == Does.TURNS:
        said = _("Assigned by rule “%(rule)s”: the turn of %(person)s")
    return said % {"rule": row.rule, "person": row.person}
