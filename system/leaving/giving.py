"""How what is no record gets from a leaver to somebody else.

Each takes the rows and the `Heirs` (`system.leaving.lines`), and returns the id of who
has them then.
"""

from customers.models import PoolAdmin
from sales.models import LeadRuleMember


def give_headed(rows, heirs):
    """Let the successor head departments."""
    rows.update(head=heirs.to)
    return heirs.to


def give_views(rows, heirs):
    """Give views of lists to the successor."""
    rows.update(owner=heirs.to)
    return heirs.to


def give_pools(rows, heirs):
    """Let the successor administer pools, each once."""
    rows.filter(pool__in=[*PoolAdmin.pools_of(heirs.to)]).delete()
    rows.update(person=heirs.to)
    return heirs.to


def give_rules(rows, heirs):
    """Let the successor get the leads of rules that name one person."""
    rows.update(person=heirs.to)
    return heirs.to


def give_turns(rows, heirs):
    """Let the successor take the turns, in each rule once.

    Whoever has a place that is out of use takes it again, if the leaver's was in use.
    """
    there = LeadRuleMember.objects.filter(person=heirs.to)
    taken = [*rows.filter(active=True).values_list("rule", flat=True)]
    there.filter(active=False, rule__in=taken).update(active=True)
    rows.filter(rule__in=[*there.values_list("rule", flat=True)]).delete()
    rows.update(person=heirs.to)
    return heirs.to


def give_reports(rows, heirs):
    """Let people report to the successor; those above whom that would be, further up.

    Whoever reports to the leaver cannot become the superior of who stands above them;
    and nobody comes to report to who works here no longer.
    """
    superior = heirs.to
    if heirs.to in heirs.leaver.rights.subordinates:
        above = heirs.leaver.superior
        while above and not above.works_here:
            above = above.superior
        superior = above and above.pk
    rows.update(superior=superior)
    return superior
