"""The five years in which everything happens, in working days."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKS, DAYS_OF_A_WEEK = 260, 5


class Timeline(NamedTuple):
    """From a Monday five years ago to the evening before `until`."""

    monday: datetime
    workdays: int
    now: datetime

    @classmethod
    def to(cls, until):
        """Return the years that end before a day."""
        now = datetime.combine(until, time(), SHANGHAI)
        monday = now - timedelta(days=until.weekday(), weeks=WEEKS)
        days = WEEKS * DAYS_OF_A_WEEK + min(until.weekday(), DAYS_OF_A_WEEK)
        return cls(monday, days, now)

    def moment(self, share):
        """Return a moment of office hours after a share of the time."""
        day, hours = divmod(share * (self.workdays - 1), 1)
        weeks, days = divmod(int(day), DAYS_OF_A_WEEK)
        return self.monday + timedelta(weeks=weeks, days=days, hours=8.5 + 8 * hours)
