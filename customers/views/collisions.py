"""The pages of collisions 撞单: what waits for a ruling, the evidence, the ruling."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, View

from crm.approval.verdict_forms import wrong_with
from crm.related import may_open
from crm.views import PageMixin
from crm.views.verbs import refused_page
from customers import collisions
from customers.evidence import evidence_of, worded_for
from customers.forms import RulingForm
from customers.models import Collision, DealRegistration

#: Collisions of a page.
SHOWN = 200


class CollisionList(PageMixin, ListView):
    """The collisions that concern a person, those that wait first."""

    model = DealRegistration
    template_name = "customers/collision_list.html"

    def get_queryset(self):
        """Return them with what a row says."""
        rows = Collision.objects.visible_to(self.request.user)
        return rows.select_related("customer").prefetch_related("parties__person")

    def get_context_data(self, **context):
        """Say which of them wait."""
        found = sorted(
            self.object_list[:SHOWN],
            key=lambda one: one.status not in Collision.WAITS,
        )
        for one in found:
            people = {party.person_id: party.person for party in one.parties.all()}
            one.people = list(people.values())
        return super().get_context_data(
            title=Collision._meta.verbose_name_plural,
            found=found,
            total=len(found),
            **context,
        )


class OfCollision:
    """A page of a collision that concerns the person, or that they rule on."""

    def has_permission(self):
        """Say yes to whoever has signed in; which there are says `collision`."""
        return True

    @cached_property
    def collision(self):
        """The collision.

        Raises:
            Http404: it is none of the person's business.
        """
        rows = Collision.objects.select_related("customer__owner")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        user = self.request.user
        seen = Collision.objects.visible_to(user).filter(pk=found.pk)
        if not seen.exists() and user not in collisions.rulers_of(found):
            raise Http404
        return found


class CollisionDetail(OfCollision, PageMixin, DetailView):
    """Who claims what, what speaks for whom, and what was ruled."""

    model = DealRegistration
    template_name = "customers/collision_detail.html"

    def get_object(self, queryset=None):
        """Return the collision."""
        return self.collision

    def get_context_data(self, **context):
        """Add the parties, their claims, the evidence and what one may do."""
        user, collision = self.request.user, self.object
        rulings = list(collision.rulings.select_related("by", "winner"))
        people = collisions.parties_of(collision)
        rulers = collisions.rulers_of(collision)
        lines = rulings[-1].evidence if rulings else evidence_of(collision)
        if collision.status in Collision.WAITS:
            lines = evidence_of(collision)
        names = {person.pk: str(person) for person in people}
        for ruling in rulings:
            ruling.shared = [
                (names.get(pk, ""), percent) for pk, percent in ruling.shares
            ]
        until = collisions.appeal_until(collision)
        claims = collision.claims.select_related("owner__department", "category")
        return super().get_context_data(
            title=str(collision),
            customer=collision.customer,
            customer_url=collision.customer.get_absolute_url()
            if collision.customer.allowed(user, "view")
            else None,
            parties=_roles(collision),
            claims=claims.order_by("created_at", "pk"),
            opened=may_open(user, DealRegistration, [claim.pk for claim in claims]),
            lines=worded_for(user, lines),
            rulings=rulings,
            appeal=getattr(collision, "appeal", None),
            rulers=rulers,
            form=RulingForm(people=people) if user in rulers else None,
            appeal_until=until if until and user in people else None,
            **context,
        )


def _roles(collision):
    """Return [(person, what makes them a party)]."""
    found = {}
    for party in collision.parties.select_related("person__department"):
        role = str(party.get_role_display())
        found.setdefault(party.person, []).append(role)
    return [(person, list(dict.fromkeys(roles))) for person, roles in found.items()]


class CollisionVerb(OfCollision, PageMixin, View):
    """POST-only: something done to a collision, then its page again."""

    model = DealRegistration
    http_method_names = ("post", "options")

    def post(self, request, pk):
        """Do it; or say why not."""
        try:
            said = self.act()
        except ValidationError as error:
            return refused_page(request, self.collision, error, said=self.worded())
        messages.success(request, said)
        return HttpResponseRedirect(self.collision.get_absolute_url())

    def worded(self):
        """Return what the person has written."""
        given = (self.request.POST.get(name, "").strip() for name in ("reason", "text"))
        return [text for text in given if text]


class Ruling(CollisionVerb):
    """裁定: rule on it."""

    def act(self):
        """Rule; return what to say."""
        people = collisions.parties_of(self.collision)
        form = RulingForm(self.request.POST, people=people)
        if not form.is_valid():
            raise ValidationError(wrong_with(form))
        given = form.cleaned_data
        collisions.rule(
            self.collision,
            by=self.request.user,
            result=given["result"],
            reason=given["reason"],
            winner=given["winner"] if given["result"] == "moves" else None,
            shares=form.shares if given["result"] == "shared" else (),
            is_by_customer=given["is_by_customer"],
        )
        return _("Ruled. The parties are told.")


class Appeal(CollisionVerb):
    """申诉: ask for another ruling."""

    def act(self):
        """Appeal; return what to say."""
        text = self.request.POST.get("text", "")
        collisions.appeal(self.collision, by=self.request.user, text=text)
        return _("Somebody above rules once more. They are told.")
