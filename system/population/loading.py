"""The load: people first, then tables in the order in which they need each other."""

import time
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from psycopg2.extras import execute_values

from crm.chinese.folding import spoken
from crm.chinese.polyphones import POLYPHONES
from crm.models import DictionaryItem, User
from customers.models import Pool
from system import milestones
from system.population import people, words
from system.population.market import Market
from system.population.plain import Plain, others
from system.population.prices import Prices
from system.population.targets import Targets
from system.population.timeline import Timeline
from system.population.works import Works

SQL = Path(__file__).with_name("sql")
#: What is filled while triggers rest and indexes are away, and told of in the files;
#: kinds that are told of in none are filled by `system.population.plain`.
MODELS = """
customers.Customer customers.Contact customers.Membership customers.Ownership
customers.DealRegistration customers.Counterpart
contracts.Product
contracts.Contract contracts.ContractLine contracts.Instalment contracts.Round
contracts.RoundStep contracts.Decision contracts.Edition feedback.Interaction
competitors.Competitor competitors.Encounter competitors.NewsItem
competitors.NewsCompetitor competitors.NewsIndustry competitors.NewsCustomer
sales.Opportunity sales.Stay sales.Lead contracts.PriceList contracts.Price
contracts.PriceListCustomer contracts.Invoice contracts.CreditAssessment
sales.Quotation sales.QuotationLine sales.QuotationRound sales.QuotationRoundStep
sales.QuotationDecision
sales.Target
sales.WorkPlan sales.WorkPlanLine sales.WorkPlanReading
sales.DayReport sales.DayReportReading
"""
#: The big tables, in the order in which their rows need each other's: customers
#: know their last interaction, rounds tell what stands in customers and contracts.
CUSTOMERS_AND_CONTRACTS = (
    "base",
    "contacts",
    "memberships",
    "deals",
    "contracts",
    "interactions",
    "credit",
    "customers",
    "ownerships",
    "rounds",
    "opportunities",
    "leads",
    "invoices",
    "registrations",
    "counterparts",
)
#: After the price lists, which say what quotations are beside.
QUOTATIONS = ("quotations", "quotation_rounds")
#: After which file which names are read: their query, and whether they are persons.
SAID = {
    "base": (
        (
            "SELECT name AS text FROM base WHERE NOT is_person"
            " UNION SELECT short_name FROM base",
            False,
        ),
        (
            "SELECT surname.text || given.text AS text"
            " FROM word AS surname, word AS given"
            " WHERE surname.list = 'surname' AND given.list = 'given'",
            True,
        ),
    ),
    "deals": (
        (
            "SELECT party || to_char(pg_temp.day(created_at), 'YYYY') || deal AS text"
            " FROM deal",
            False,
        ),
        ("SELECT text FROM word WHERE list = 'demand'", False),
    ),
}
#: Parameter of the SQL files: the dictionary whose items it holds.
DICTIONARIES = {
    "levels": "customer_level",
    "sources": "customer_source",
    "ownerships": "ownership",
    "grades": "credit_grade",
    "roles": "contact_role",
    "methods": "interaction_method",
    "kinds": "contract_kind",
    "reasons": "termination_reason",
    "outcomes": "encounter_reason",
    "needs": "opportunity_need",
    "closings": "closing_reason",
    "invalids": "invalid_reason",
    "releases": "release_reason",
    "categories": "product_category",
}
#: Indexes before foreign keys: some find their rows by them.
DROPPED = "SELECT place, restoring FROM dropped ORDER BY place, restoring DESC"


class Load:
    """One load: its arguments, and what its steps hand on to each other."""

    def __init__(self, customers, seed, until, report, pooled=0.0):
        """Take how many customers, the seed, the day everything ends, and a printer.

        And which share of the customers is in the pool.
        """
        self.customers, self.seed, self.report = customers, seed, report
        self.timeline = Timeline.to(until)
        self.parameters = {
            "customers": customers,
            "seed": seed,
            "until": until,
            "monday": self.timeline.monday,
            "now": self.timeline.now,
            "workdays": self.timeline.workdays,
            "pooled": pooled,
            "pool": Pool.objects.get(is_default=True).pk,
        }

    @transaction.atomic
    def run(self):
        """Fill the tables, all of them or none."""
        with self.step("people"):
            staff = people.hire(self.customers, self.seed)
            self.sql("people")
        market = Market(staff, self.timeline, self.seed)
        self.sql("strip", tables=self.tables())
        with self.step("products"):
            self.parameters["n_products"] = market.enter_products()
        with self.step("words"):
            self.prepare(staff)
        for name in CUSTOMERS_AND_CONTRACTS:
            self.sql(name)
            for texts, are_persons in SAID.get(name, ()):
                self.say(texts, are_persons)
        with self.step("competitors"):
            self.parameters["n_rivals"] = market.enter_competitors(self.customers)
        self.sql("encounters")
        with self.step("news"):
            market.enter_news(self.customers)
        with self.step("price lists"):
            Prices(staff, self.timeline, self.seed).enter(self.customers)
        for name in QUOTATIONS:
            self.sql(name)
        with self.step("plans and reports"):
            Works(staff, self.timeline, self.seed).enter()
        self.sql("day_facts")
        with self.step("targets"):
            Targets(staff, self.timeline, self.seed).enter()
        self.sql("tally")
        self.enter_others(staff)
        self.sql("sequences", tables=self.tables())
        self.sql("analyze")
        self.restore()
        self.sql("wake")
        with self.step("milestones"):
            for model, path in milestones.orders():
                milestones.lay(model, path)
        with connection.cursor() as cursor:
            cursor.execute("DISCARD TEMP")

    def enter_others(self, staff):
        """Fill the kinds that are told of in no file."""
        plain = Plain(staff, self.timeline, self.seed)
        for model in others(MODELS.split()):
            with self.step(model._meta.model_name):
                plain.enter(model, self.customers)

    def prepare(self, staff):
        """Hand the words over, and count what the files pick from."""
        lists = {
            "sellers": staff.sellers,
            "phrases": words.PHRASES.split(),
            "roads": words.ROADS.split(),
        }
        for name, kind in DICTIONARIES.items():
            items = DictionaryItem.objects.filter(kind=kind).order_by("order", "pk")
            lists[name] = list(items.values_list("pk", flat=True))
        counts = {f"n_{name}": len(values) for name, values in lists.items()}
        self.parameters |= lists | counts
        self.parameters |= {
            "registrar": staff.registrar,
            "n_famous": words.famous(),
            "n_single_given": words.single_givens(),
        }
        self.sql("picks")
        rows = list(words.words())
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, "INSERT INTO word VALUES %s", rows)
            cursor.execute("ANALYZE word")
        for row in rows:
            self.parameters[f"n_{row.list}"] = row.place

    def say(self, texts, are_persons):
        """Read names that have several readings, for the files that follow."""
        some = f"[{''.join(POLYPHONES)}]"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT text FROM ({texts}) AS said WHERE text ~ %s",  # noqa: S608
                [some],
            )
            rows = [
                (text, are_persons, spoken(text, person=are_persons))
                for (text,) in cursor.fetchall()
            ]
            said = "INSERT INTO said VALUES %s"
            execute_values(cursor.cursor, said, rows, page_size=5000)
            cursor.execute("ANALYZE said")

    def restore(self):
        """Make the indexes and keys again that were dropped, table by table."""
        with connection.cursor() as cursor:
            cursor.execute(DROPPED)
            for table, statements in groupby(cursor.fetchall(), key=itemgetter(0)):
                with self.step(f"  {table}"):
                    for _table, statement in statements:
                        cursor.execute(statement)

    def sql(self, name, **more):
        """Run one of the files and say how long it took."""
        statements = (SQL / f"{name}.sql").read_text(encoding="utf-8")
        with self.step(name), connection.cursor() as cursor:
            cursor.execute(statements, self.parameters | more)

    def tell(self):
        """Report what there is now."""
        for model in (User, *self.models()):
            name = model._meta.label
            self.report(f"{name:<30}{model._base_manager.count():>10,}")

    @staticmethod
    def models():
        """Return the models whose tables are filled."""
        return [*map(apps.get_model, MODELS.split()), *others(MODELS.split())]

    @classmethod
    def tables(cls):
        """Return the names of the tables that are filled."""
        return [model._meta.db_table for model in cls.models()]

    @contextmanager
    def step(self, name):
        """Report how long a step takes."""
        begun = time.monotonic()
        yield
        self.report(f"{name:<30}{time.monotonic() - begun:8.1f} s")


def tidy():
    """Let the planner know the tables, and index-only scans trust them."""
    with connection.cursor() as cursor:
        if connection.pg_version >= 160000:
            cursor.execute("SET vacuum_buffer_usage_limit = '128MB'")
        cursor.execute("VACUUM (ANALYZE)")
