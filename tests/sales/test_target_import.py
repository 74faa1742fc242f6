"""Targets come in as files: a row for each, a column for every month."""

from decimal import Decimal

import pytest

from sales.models import Target
from sales.targets import targeting
from system.models import RefusedRow
from tests.factories import a_target
from tests.sales.conftest import YEAR
from tests.samples import counts, run

pytestmark = pytest.mark.django_db

MONTHS = ",".join(f"{number}月" for number in range(1, 13))
HEAD = f"目标规则,年度,部门,人员,{MONTHS},备注\n"


def brought(browser, *rows, head=HEAD, **how):
    """Import rows of a file; return the run."""
    return run(browser, head + "\n".join(rows), "目标.csv", "/targets/import/", **how)


def row(rule="合同额", department="", person="", value="100", year=YEAR, note=""):
    """Return a row with the same value in every month."""
    return ",".join((rule, str(year), department, person, *[value] * 12, note))


def reasons(run_):
    """Return why rows were refused."""
    rows = RefusedRow.objects.filter(run=run_).order_by("number")
    return [" ".join(f"{name}{text}" for name, text in one.reasons) for one in rows]


def test_people_by_name_and_username_departments_and_the_company_come_in(
    zhang, wang, sales_department, director, sign_in
):
    found = brought(
        sign_in(director),
        row(person="张伟", value="1000", note="按去年"),
        row(person="sales2", value="1.5万"),
        row(department="销售一部"),
        row(),
    )
    assert counts(found) == (4, 4, 0, 0, 0), reasons(found)
    rows = Target.objects.registered().order_by("-total", "-subject")
    assert [(one.subject, one.total) for one in rows] == [
        ("person", 180_000),
        ("person", 12_000),
        ("department", 1200),
        ("company", 1200),
    ]
    mine = Target.objects.get(person=zhang)
    assert (mine.note, mine.owner, mine.status) == ("按去年", zhang, "draft")


def test_months_may_be_left_out_and_are_nothing(zhang, director, sign_in):
    found = brought(
        sign_in(director), f"合同额,{YEAR},张伟,5", head="规则,年度,姓名,3月\n"
    )
    assert found.created == 1, reasons(found)
    assert Target.objects.get().months == [0, 0, 5] + [0] * 9


def test_a_head_brings_in_those_of_people_below_alone(
    zhang, wang, zhao, other_department, sign_in
):
    found = brought(
        sign_in(zhao),
        row(person="张伟"),
        row(person="王芳"),
        row(department="销售二部"),
        row(),
    )
    assert counts(found) == (4, 1, 0, 0, 3)
    assert Target.objects.get().is_registered


@pytest.mark.parametrize(
    "line",
    [
        row(rule="没有的", person="张伟"),
        row(person="张伟", value="-1"),
        row(person="张伟", value="abc"),
        row(person="张伟", year=1999),
        row(person="没有的"),
        row(department="销售一部", person="张伟"),
        row(rule="新增客户", person="张伟", value="1.5"),
    ],
)
def test_what_is_wrong_is_refused_in_words(line, zhang, director, sign_in):
    found = brought(sign_in(director), line)
    assert counts(found)[1:] == (0, 0, 0, 1)
    assert reasons(found)[0]
    assert not Target.objects.exists()


def test_a_draft_is_updated_and_a_locked_one_is_not(
    zhang, liu, zhao, sign_in, director
):
    draft, held = (a_target(one, 7, by=zhao, year=YEAR) for one in (zhang, liu))
    targeting.lock(held, by=zhao)
    found = brought(
        sign_in(director), row(person="张伟"), row(person="刘洋"), known="update"
    )
    assert (found.updated, found.created) == (1, 0), reasons(found)
    draft.refresh_from_db()
    held.refresh_from_db()
    assert (draft.total, held.total) == (1200, 84)


def test_the_same_twice_in_a_file_is_one(zhang, director, sign_in):
    found = brought(sign_in(director), row(person="张伟"), row(person="sales"))
    assert found.created == 1
    assert Target.objects.get().total == Decimal(1200)


def test_who_may_not_import_finds_no_page(zhang, sign_in):
    assert sign_in(zhang).get("/targets/import/").status_code == 403
