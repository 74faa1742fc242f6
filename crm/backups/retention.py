"""Which backups are kept: of seven days, four weeks and twelve months one each.

And all of the last day: one made before something bold is not gone after the next.
"""

from datetime import timedelta

from django.utils import timezone

#: So long one can look up what failed.
FAILURES = timedelta(days=90)
LATELY = timedelta(days=1)
#: (how many, what a moment's day, week and month are called)
KEPT = ((7, "%Y-%m-%d"), (4, "%G-%V"), (12, "%Y-%m"))


def superfluous(backups):
    """Return those of some backups that need not be kept.

    Of each of the last days, weeks and months on which there were any, the newest
    stays, a proved one before any other; and always the newest proved one.

    Args:
        backups: with `made_at` and `verified`.
    """
    newest = sorted(backups, key=lambda one: one.made_at, reverse=True)
    proved = [one for one in newest if one.verified]
    kept = {id(one) for one in (*newest[:1], *proved[:1])}
    kept |= {id(one) for one in newest if newest[0].made_at - one.made_at < LATELY}
    for number, form in KEPT:
        chosen = {}
        for one in (*proved, *newest):
            chosen.setdefault(f"{timezone.localtime(one.made_at):{form}}", one)
        for moment in sorted(chosen, reverse=True)[:number]:
            kept.add(id(chosen[moment]))
    return [one for one in newest if id(one) not in kept]
