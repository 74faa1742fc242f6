"""How far something is that a job does: the word of a list, and of a page's heading."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def standing(words, job):
    """Return (label, tone) of something that a job is to bring about, if any is.

    Nothing goes on by itself where its job has failed or was cancelled, whatever state
    is kept of it.

    Args:
        words: what its state is called.
        job: that is at it, or was; None where there is none, or it is done.
    """
    if job is None or not job.is_finished or job.status == job.Status.DONE:
        return words, "info"
    ended = pgettext("after a name", ": ") + job.get_status_display()
    return _("stopped midway") + ended, "bad"
