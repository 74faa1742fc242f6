"""日程: what lies ahead of a person, on one page and in the calendars of others."""
