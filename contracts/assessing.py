"""What becomes of a credit assessment: confirmed, it sets the customer's credit.

Every verb locks the customer, then the assessment: of two that are confirmed at one
moment the later one counts.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import CreditAssessment
from contracts.refusals import ASSESSMENT_MOVED_ON, REFUSALS
from crm.approval.refusals import refused_in_words
from crm.guards import actor
from crm.models import User
from crm.notices.sending import notify, settle
from crm.rights.permissions import permission
from crm.text import clean
from customers.models import Customer

Status = CreditAssessment.Status
RIGHT = permission("confirm", CreditAssessment)


def tell_proposed(assessment: CreditAssessment, *, by: User) -> None:
    """Tell everybody who may confirm it that it waits: not those who wrote it."""
    if not assessment.is_registered:
        return
    people = User.objects.active().filter(roles__grants__has_key=RIGHT)
    barred = {assessment.entered_by_id, assessment.reporter_id, by.pk}
    for person in people.exclude(pk__in=barred).distinct().order_by("pk"):
        if assessment.allowed(person, "confirm"):
            notify(person.pk, "credit_proposed", assessment, by=by)


def confirm(assessment: CreditAssessment, *, by: User) -> None:
    """Let it hold: the customer has this grade and this limit from now on.

    Raises:
        ValidationError: somebody else was quicker, it is their own, or they may not
            set credit.
    """
    refusals = REFUSALS | {
        "customer_credit_right": (
            "forbidden",
            Customer.refused["customer_credit_right"],
        )
    }
    with refused_in_words(refusals), actor.acting(by, verb="confirmed"):
        customer = _locked(assessment)
        _refuse_overtaken(assessment)
        _move(assessment, status=Status.CONFIRMED)
        with actor.acting(by, verb="assessed"):
            customer.credit_grade = assessment.grade
            customer.credit_limit = assessment.limit
            customer.save(update_fields=["credit_grade", "credit_limit"])
        settle(assessment, RIGHT)
        _tell(assessment, "credit_confirmed", by)


def reject(assessment: CreditAssessment, *, by: User, reason: str) -> None:
    """Send it back to its writer, with the reason.

    Raises:
        ValidationError: there is no reason, it is their own, or somebody else was
            quicker.
    """
    text = CreditAssessment._meta.get_field("rejection").clean(clean(reason), None)
    if not text:
        raise ValidationError(_("Say why it is rejected."))
    with refused_in_words(REFUSALS), actor.acting(by, verb="rejected"):
        _locked(assessment)
        _move(assessment, status=Status.REJECTED, rejection=text)
        settle(assessment, RIGHT)
        _tell(assessment, "credit_rejected", by, text)


def register(assessment: CreditAssessment, *, by: User) -> None:
    """Put a reported one into the books; who may confirm it is told.

    Raises:
        ValidationError: somebody else was quicker.
    """
    CreditAssessment.register(assessment, by=by)
    tell_proposed(assessment, by=by)


def send_back(assessment: CreditAssessment, *, by: User, reason: str) -> None:
    """Return a reported one to its reporter, with the reason.

    Raises:
        ValidationError: there is no reason or a very long one, or it was registered.
    """
    CreditAssessment.send_back(assessment, by=by, reason=reason)


def report_again(assessment: CreditAssessment, *, by: User) -> None:
    """Hand a returned one in again.

    Raises:
        ValidationError: it is not returned any more.
    """
    CreditAssessment.report_again(assessment, by=by)


def _refuse_overtaken(assessment: CreditAssessment) -> None:
    """Refuse what holds no more, or was proposed before what holds by now."""
    if assessment.valid_until < timezone.localdate():
        raise ValidationError(
            _("Its last day is over: assess the customer anew."), code="conflict"
        )
    later = CreditAssessment.objects.filter(
        customer=assessment.customer_id, status=Status.CONFIRMED, pk__gt=assessment.pk
    )
    if later.exists():
        said = _("A newer assessment of this customer was confirmed: reject this one.")
        raise ValidationError(said, code="conflict")


def _locked(assessment: CreditAssessment) -> Customer:
    """Lock and return its customer."""
    rows = Customer.everything.filter(pk=assessment.customer_id).order_by()
    return rows.select_for_update(of=("self",), no_key=True).get()


def _move(assessment: CreditAssessment, **after: object) -> None:
    """Move one that still waits."""
    rows = CreditAssessment.objects.filter(pk=assessment.pk, status=Status.PROPOSED)
    if not rows.update(**after):
        raise ValidationError(_(ASSESSMENT_MOVED_ON), code="conflict")
    assessment.refresh_from_db()


def _tell(assessment: CreditAssessment, verb: str, by: User, reason: str = "") -> None:
    """Tell those whose it is, who brought it, and whose the customer is."""
    people = {
        assessment.owner_id,
        assessment.reporter_id,
        assessment.entered_by_id,
        assessment.customer_owner_id,
    }
    for person in sorted(people - {None}):
        notify(person, verb, assessment, by=by, reason=reason)
