"""To whom leads go by the rules: nothing is changed here.

The first rule in force that a lead meets counts; where all whom it names had the lead
already, the next one. Of its members the one whose last turn is longest ago gets it, as
far as they are there; who never had one comes first.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from crm.models import HistoryEntry
from sales.leads.presence import GONE, able_of, why_not_there
from sales.models import Lead, LeadAssignment, LeadRule

Does, How = LeadRule.Does, LeadAssignment.How
#: Who had a lead too long does not get it again for so long.
NOT_AGAIN = timedelta(days=30)


@dataclass
class Given:
    """What becomes of a lead: `person` is an id, None if nobody gets it."""

    lead: Any
    rule: Any
    person: int | None
    how: str


class Rules:
    """The rules in force, as they were read."""

    def __init__(self):
        """Read them with their terms and members."""
        rows = LeadRule.objects.filter(active=True).order_by("order", "pk")
        self.rules = list(rows.prefetch_related("terms__region", "members"))
        for rule in self.rules:
            _read_terms(rule)
        self.able = able_of(self.people())

    def rule_of(self, lead, passed_over=()):
        """Return the rule that counts for a lead, None if it meets none.

        The first one that has anybody left for it; where none has, the first.

        Args:
            lead: the lead.
            passed_over: ids of those who do not get it again.
        """
        met = (rule for rule in self.rules if meets(lead, rule))
        first = next(met, None)
        if not passed_over or first is None:
            return first
        some = (one for one in (first, *met) if self._is_left(one, passed_over))
        return next(some, first)

    def _is_left(self, rule, passed_over):
        """Say whether not all of a rule had the lead; the gone do not count."""
        named = {*named_by(rule)} & self.able
        return not named or not named <= {*passed_over}

    def people(self):
        """Return the ids of all whom the rules name."""
        return {pk for rule in self.rules for pk in named_by(rule)}


def _read_terms(rule):
    terms = rule.terms.all()
    rule.sources = {term.source_id for term in terms} - {None}
    rule.industries = {term.industry_id for term in terms} - {None}
    rule.regions = tuple(term.region.prefix for term in terms if term.region_id)


def meets(lead, rule):
    """Say whether a lead meets all that a rule looks for."""
    if rule.sources and lead.source_id not in rule.sources:
        return False
    if rule.industries and lead.industry_id not in rule.industries:
        return False
    if rule.regions and not (lead.region_id or "").startswith(rule.regions):
        return False
    low, high, budget = rule.budget_from, rule.budget_to, lead.budget
    if budget is None:
        return low is None and high is None
    return (low is None or budget >= low) and (high is None or budget <= high)


def named_by(rule):
    """Return the ids of the people to whom a rule gives leads, in order."""
    if rule.does == Does.PERSON:
        return [rule.person_id]
    if rule.does == Does.NOBODY:
        return []
    return [member.person_id for member in rule.members.all() if member.active]


class Turns:
    """Whose turn it is by each rule, counted on as leads are given."""

    def __init__(self, rules):
        """Read who is there, how much they have, and when they had their last turn."""
        people = {pk for rule in rules for pk in named_by(rule)}
        self.out = why_not_there(people)
        self.open, self.last = open_of(people), last_turns(rules)
        self.turn, self.given = 0, {}

    def next(self, rule, passed_over):
        """Return who gets a lead by a rule: (id, how), the id None if nobody does.

        Args:
            rule: the rule.
            passed_over: ids of those who do not get this one.
        """
        why = {pk: self._hindrance(rule, pk, passed_over) for pk in named_by(rule)}
        able = [pk for pk, how in why.items() if how is None]
        if not able:
            return None, self._why_nobody(why)
        chosen = min(able, key=lambda pk: self._place(rule.pk, pk))
        self.turn += 1
        self.given[rule.pk, chosen] = self.turn
        self.open[chosen] += 1
        return chosen, How.RULE

    def _hindrance(self, rule, person, passed_over):
        """Return why a person does not get a lead; what lasts longest comes first."""
        if person in passed_over:
            return How.HAD
        if person in self.out:
            return How.ABSENT
        is_full = rule.most_open is not None and self.open[person] >= rule.most_open
        return How.FULL if is_full else None

    def _why_nobody(self, why):
        """Return the one reason for all, else that there are several.

        Whoever is gone for good says nothing about those who are left.
        """
        left = {how for pk, how in why.items() if self.out.get(pk) != GONE}
        if len(left) > 1:
            return How.MIXED
        return left.pop() if left else How.ABSENT

    def _place(self, *turn):
        """Return what puts people in order: those of just now come last."""
        last = self.last.get(turn)
        return self.given.get(turn, 0), last.timestamp() if last else 0


def open_of(people):
    """Return {id: number} of the open leads of some people."""
    rows = Lead.objects.registered().filter(
        owner__in=people, status__in=(Lead.Status.PENDING, Lead.Status.WORKING)
    )
    return Counter(
        dict(rows.order_by().values_list("owner").annotate(number=Count("pk")))
    )


def last_turns(rules):
    """Return {(rule, person): when} of the last turns by some rules."""
    rows = LeadAssignment.objects.filter(
        rule__in=[rule.pk for rule in rules], how=How.RULE
    )
    rows = rows.order_by().values_list("rule", "person").annotate(last=Max("at"))
    return {(rule, person): at for rule, person, at in rows}


def plan(leads, rules, turns, out):
    """Return what becomes of each lead that meets a rule: a `Given` of each, in order.

    Args:
        leads: the first first.
        rules: the `Rules`.
        turns: the `Turns`; they go on with each lead.
        out: {lead: ids} of whom are `passed_over`.
    """
    found = []
    for lead in leads:
        rule = rules.rule_of(lead, out.get(lead.pk, ()))
        if rule is None:
            continue
        if rule.does == Does.NOBODY:
            person, how = None, How.NOBODY
        else:
            person, how = turns.next(rule, out.get(lead.pk, ()))
        found.append(Given(lead, rule, person, how))
    return found


def passed_over(leads):
    """Return {lead: ids} of those who do not get a lead again.

    Who had it too long within the last days, and who declared it invalid last.
    """
    ids, out = [lead.pk for lead in leads], {}
    late = LeadAssignment.objects.filter(
        lead__in=ids, how=How.TIMEOUT, at__gte=timezone.now() - NOT_AGAIN
    )
    for lead, person in late.order_by().values_list("lead", "person"):
        out.setdefault(lead, set()).add(person)
    ends = HistoryEntry.objects.filter(
        subject_label="sales.lead", subject_id__in=ids, verb="invalidated"
    )
    ends = ends.order_by("subject_id", "-id").distinct("subject_id")
    for lead, person in ends.values_list("subject_id", "actor_id"):
        out.setdefault(lead, set()).add(person)
    return out
