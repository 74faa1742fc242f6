"""The pages of collisions 撞单: what waits for a ruling, the evidence, the ruling."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, View

from crm.display import number_text
from crm.related import may_open
from crm.views import PageMixin
from crm.views.verbs import refused_page
from customers import collisions
from customers.evidence import evidence_of, worded_for
from customers.forms import RulingForm
from customers.models import Collision, DealRegistration

#: Collisions of a page.
SHOWN = 200
Result = collisions.Result


class CollisionList(PageMixin, ListView):
    """The collisions that concern a person, those that wait first."""

    model = DealRegistration
    template_name = "customers/collision_list.html"

    def get_queryset(self):
        """Return them with what a row says."""
        rows = Collision.objects.visible_to(self.request.user)
        waits = Case(When(status__in=Collision.WAITS, then=0), default=1)
        rows = rows.order_by(waits, "-opened_at", "-pk")
        return rows.select_related("customer").prefetch_related("parties__person")

    def get_context_data(self, **context):
        """Add who the parties are."""
        found = list(self.object_list[:SHOWN])
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
        is_past = rulings and collision.status not in Collision.WAITS
        lines = rulings[-1].evidence if is_past else evidence_of(collision)
        names = {person.pk: str(person) for person in people}
        for ruling in rulings:
            ruling.shared = [
                (names.get(pk, ""), percent) for pk, percent in ruling.shares
            ]
        until = collisions.appeal_until(collision)
        claims = list(
            collision.claims.select_related("owner", "category").order_by(
                "created_at", "pk"
            )
        )
        for claim in claims:
            claim.amount_text = (
                "" if claim.amount is None else number_text(claim.amount)
            )
        return super().get_context_data(
            title=str(collision),
            customer=collision.customer,
            customer_url=collision.customer.get_absolute_url()
            if collision.customer.allowed(user, "view")
            else None,
            parties=_roles(collision),
            claims=claims,
            opened=may_open(user, DealRegistration, [claim.pk for claim in claims]),
            lines=worded_for(user, lines),
            rulings=rulings,
            appeal=getattr(collision, "appeal", None),
            rulers=rulers,
            form=self._form(context, people, user in rulers),
            appeal_until=until if until and user in people else None,
            **context,
        )

    def _form(self, context, people, is_ruler):
        """Return the form of a ruling as it was sent, or a new one for who may rule."""
        given = context.pop("form", None)
        if not is_ruler:
            return None
        initial = {"seen": collisions.last_of(self.object)}
        return given or RulingForm(people=people, initial=initial)


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


class Ruling(CollisionDetail):
    """裁定: rule on it; what is wrong is told in the form, with all that was said."""

    http_method_names = ("post", "options")

    def post(self, request, pk):
        """Rule, or say why not."""
        self.object = collision = self.get_object()
        people = collisions.parties_of(collision)
        form = RulingForm(request.POST, people=people)
        if form.is_valid():
            try:
                collisions.rule(collision, by=request.user, **_given(form))
            except ValidationError as error:
                if error.code in ("conflict", "forbidden"):
                    return refused_page(request, collision, error)
                form.add_error(None, error)
            else:
                messages.success(request, _("Ruled. The parties are told."))
                return HttpResponseRedirect(collision.get_absolute_url())
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _given(form):
    """Return what a ruling says, of a valid form."""
    given = form.cleaned_data
    result = given["result"]
    return {
        "result": result,
        "reason": given["reason"],
        "winner": given["winner"] if result == Result.MOVES else None,
        "shares": form.shares if result == Result.SHARED else (),
        "is_by_customer": given["is_by_customer"],
        "seen": given["seen"],
    }


class Appeal(CollisionVerb):
    """申诉: ask for another ruling."""

    def act(self):
        """Appeal; return what to say."""
        text = self.request.POST.get("text", "")
        collisions.appeal(self.collision, by=self.request.user, text=text)
        return _("Somebody above rules once more. They are told.")
