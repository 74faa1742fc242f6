"""One letter a day to each person who wants it: what is new and not read yet.

A letter goes out before PostgreSQL knows that it did: who is killed between the two
sends it again, under the same Message-ID, by which mail programs drop the second one.
"""

from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db.models import Exists, F, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.jobs.background import Trouble
from crm.notices.models import ByMail, Letter, Notice
from crm.notices.showing import lines_of

#: What is older is no news.
FRESH = timedelta(days=7)
#: Notices that a letter tells of; the page has them all.
MOST = 50
#: So often a letter is tried, and so long it waits in between.
TRIES = 3
PAUSE = timedelta(minutes=1)
LONGEST_TROUBLE = 300


def write_down(day):
    """Note the letters of a day, one for each who is to get one; return how many."""
    people = get_user_model().objects.active().exclude(email="").values("pk")
    reached = _unsent().filter(person__in=people).order_by()
    letters = [
        Letter(person_id=pk, day=day)
        for pk in sorted(reached.values_list("person", flat=True).distinct())
    ]
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    return Letter.objects.filter(day=day, sent_at=None).count()


def _unsent():
    """Return the notices that go by mail, have not gone, and were not read."""
    wish = ByMail.objects.filter(person=OuterRef("person"), verb=OuterRef("verb"))
    return Notice.objects.filter(
        Exists(wish),
        Q(mailed_at=None) | Q(mailed_at__lt=F("at")),
        read_at=None,
        at__gte=timezone.now() - FRESH,
    )


def next_letter(day, tries):
    """Return the next letter of a day that was not tried so often, locked, or None."""
    rows = Letter.objects.filter(day=day, sent_at=None, tries__lt=tries)
    rows = rows.order_by("tries", "pk")
    return rows.select_for_update(no_key=True, skip_locked=True).first()


def pause_before(letter):
    """Return how long a letter still waits for its next try."""
    if letter.tried_at is None:
        return timedelta()
    return max(letter.tried_at + PAUSE - timezone.now(), timedelta())


def send(letter):
    """Send a letter, or note what was in the way of it; return whether it is done with.

    Who has read everything meanwhile, has left or has no address any more gets none.

    Raises:
        Trouble: the mail server cannot be reached at all.
    """
    people = get_user_model().objects
    there = Q(pk__in=people.active().exclude(email="").values("pk"))
    person = people.with_grants().filter(there, pk=letter.person_id).first()
    notices = person and list(_unsent().filter(person=person)[: MOST + 1])
    if not notices:
        letter.delete()
        return True
    message = _written(letter, person, notices)
    letter.tries, letter.tried_at = letter.tries + 1, timezone.now()
    letter.trouble = _posted(message)[:LONGEST_TROUBLE]
    if not letter.trouble:
        letter.sent_at = timezone.now()
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(mailed_at=F("at"))
    letter.save(update_fields=["tries", "tried_at", "trouble", "sent_at"])
    return letter.sent_at is not None


def _written(letter, person, notices):
    """Return the letter: of rows the person does not see today it names none."""
    number = len(notices)
    with translation.override(person.language):
        lines = lines_of(notices[:MOST], person)
        context = {
            "person": person,
            "lines": [{**line, "more": _more(line)} for line in lines],
            "has_more": number > MOST,
            "site": _site(),
        }
        subject = ngettext("%d new notice", "%d new notices", number) % min(
            number, MOST
        )
        system = _("Customer Resource Management System")
        return EmailMessage(
            subject=f"[{system}] {subject}",
            body=render_to_string("notices/letter.txt", context),
            to=[person.email],
            headers={"Message-ID": _message_id(letter)},
        )


def _more(line):
    """Return how many records a notice is about beside those it names."""
    return line["notice"].number - len(line["links"])


def _site():
    """Return where the pages are, as far as the settings say it."""
    if not settings.PUBLIC:
        return ""
    host = settings.ALLOWED_HOSTS[0].lstrip(".")
    return f"{'http' if settings.PLAIN_HTTP else 'https'}://{host}"


def _message_id(letter):
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return f"<notices-{letter.day}-{letter.person_id}@{domain or 'crm'}>"


def _posted(message):
    """Hand a message to the mail server; return what was in the way, if anything."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise Trouble(
            _("The mail server cannot be reached: %s") % _words(error)
        ) from error
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused as error:
        (answer,) = error.recipients.values()
        return _words(answer)
    except (OSError, SMTPException) as error:
        return _words(error)
    finally:
        connection.close()
    return ""


def _words(error):
    """Return what a server, or the way to it, said."""
    answers = error if isinstance(error, tuple) else error.args
    texts = (
        one.decode(errors="replace") if isinstance(one, bytes) else str(one)
        for one in answers
    )
    return " ".join(texts) or type(error).__name__


def failures(day):
    """Return (name, trouble) of the letters of a day that did not go out."""
    rows = Letter.objects.filter(day=day, sent_at=None).exclude(trouble="")
    return list(rows.order_by("pk").values_list("person__name", "trouble"))
