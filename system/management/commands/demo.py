"""`manage.py demo`: fill an empty local database with an invented company."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crm.models import User
from system.announcements import demo as announcements
from system.calendar import demo as calendar
from system.demo import (
    bookmarks,
    contracts,
    counterparts,
    credit,
    customers,
    duplicates,
    interactions,
    invoices,
    leads,
    market,
    people,
    plain,
    pools,
    prices,
    quotations,
    receipts,
    registrations,
    reports,
    sales,
    targets,
    works,
)
from system.feeds import demo as feeds
from system.handovers import demo as leavers
from system.management import demo_import as imports
from system.papers import demo as papers
from system.reminders.work import remind_person
from system.saved_views import demo as saved_views


class Command(BaseCommand):
    """Enters the demo company, all of it or nothing."""

    help = "Load demo data into a new local database."

    def handle(self, **options):
        """Refuse where somebody works already, else enter everything."""
        if not settings.LOCAL:
            raise CommandError(
                "设置了 DATABASE_URL,不装入演示数据 / "
                "DATABASE_URL is set: no demo data goes into a real installation."
            )
        if User.objects.exists():
            raise CommandError(
                "数据库中已有人员，不装入演示数据 / "
                "There are people already: demo data goes into a new database only."
            )
        with transaction.atomic():
            self.enter()

    def enter(self):
        """Enter people first, then what they would have entered."""
        staff = people.hire()
        known = customers.enter(staff)
        products = contracts.enter_products(staff)
        registrations.enter(known, staff)
        contracts.enter(known, products, staff)
        receipts.enter(staff)
        invoices.enter(staff)
        credit.enter(known, staff)
        prices.enter(known, products, staff)
        market.enter(known, products, staff)
        sales.enter(known, staff)
        quotations.enter(known, products, staff)
        targets.enter(staff)
        leads.enter(known, staff)
        interactions.enter(known, staff)
        registrations.collide(known, staff)
        counterparts.enter(known, staff)
        works.enter(known, staff)
        reports.enter(known, products, staff)
        plain.enter(staff)
        announcements.enter(staff)
        feeds.enter(staff)
        calendar.enter(staff)
        imports.enter(staff)
        saved_views.enter(staff)
        bookmarks.enter(staff)
        pools.enter(staff)
        leavers.enter(staff)
        papers.enter(staff)
        pools.lock_the_rest()
        for person in User.objects.with_grants().filter(is_active=True):
            remind_person(person, timezone.localdate())
        duplicates.find()
