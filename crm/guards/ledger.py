"""Triggers that keep the numbers of records in the ledger: of whose, and of how many
between milestones.
"""

import pgtrigger

#: Whose rows are that nobody owns, as the ledger names them.
NOBODY = 0


def by_owner(label):
    """Return how the ledger names the numbers of a kind by its owners alone."""
    return f"{label}/owner"


def tallied(
    label, *, owner="owner_id", other=None, state=None, amount=None, summed=False
):
    """Keep the numbers of live records by whose they are and how they stand.

    Args:
        label: the model as `app.model`.
        owner, other: the columns of the people whose row it is.
        state: the column of the status.
        amount: the column of an amount to add up.
        summed: keep the numbers of the owners alone, too: of two people whose row it
            is there are soon so many pairs that adding them up takes long.

    Returns:
        Two triggers that write to the ledger `crm.Tally`, once per statement.
    """
    columns = {"owner": owner, "other": other, "state": state, "amount": amount}
    columns["summed"] = summed
    state, amount = state or "''", amount or "0"
    keys = f"{{owner}}, {{other}}::bigint, registration = 'registered', {state}"
    rows = "SELECT {keys} , {sign}1 AS n, {sign}({amount}) AS amount FROM {source}"
    live = " WHERE deleted_at IS NULL"
    added, gone = (
        rows.format(keys=keys, sign=sign, amount=amount, source=source) + live
        for sign, source in (("", "new_rows"), ("-", "old_rows"))
    )
    changes = (
        ("tally_new", pgtrigger.Insert, {"new": "new_rows"}, added),
        (
            "tally_changed",
            pgtrigger.Update,
            {"old": "old_rows", "new": "new_rows"},
            f"{added} UNION ALL {gone}",
        ),
    )
    return tuple(
        LedgerTrigger(
            columns=columns,
            name=name,
            when=pgtrigger.After,
            operation=operation,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(**tables),
            declare=[("owners", "bigint[]")],
            func=(TALLY_OF_OWNERS if summed else "").format(
                label=by_owner(label), changes=changes_
            )
            + TALLY.format(label=label, changes=changes_),
        )
        for name, operation, tables, changes_ in changes
    )


class LedgerTrigger(pgtrigger.Trigger):
    """It knows the columns it adds up: {owner, other, state, amount}, None for none.

    Of those of an order the people alone, and of others, as `summed`, whether the
    numbers of the owners alone are kept, too. Rows that have no owner are NOBODY's.
    """

    def __init__(self, *, columns, **options):
        """Take the columns, and what any trigger takes."""
        super().__init__(**options)
        self.columns = columns

    def get_func(self, model):
        """Name the columns of the people as the model has them."""
        return str(self.func).format(
            owner=somebody(model, self.columns["owner"]),
            other=somebody(model, self.columns["other"]),
        )


def somebody(model, column):
    """Return the SQL of the person in a column of a model; NULL without a column."""
    if column is None:
        return "NULL"
    fields = (field for field in model._meta.concrete_fields if field.null)
    is_open = column in (field.column for field in fields)
    return f"coalesce({column}, {NOBODY})" if is_open else column


#: Add what a statement changed, then add up an owner's rows once they are many.
TALLY = """
WITH news AS (
    INSERT INTO crm_tally (label, owner_id, other_id, registered, state, n, amount)
    SELECT '{label}', owner, other, registered, state, sum(n), sum(amount)
    FROM ({changes}) AS change (owner, other, registered, state, n, amount)
    GROUP BY owner, other, registered, state
    HAVING sum(n) <> 0 OR sum(amount) <> 0
    RETURNING owner_id
)
SELECT array_agg(DISTINCT owner_id) INTO owners FROM news;
IF owners IS NOT NULL THEN
    PERFORM crm_fold_tally('{label}', owners);
END IF;
RETURN NULL;
"""


#: The same by the owners alone.
TALLY_OF_OWNERS = """
WITH news AS (
    INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)
    SELECT '{label}', owner, registered, state, sum(n), sum(amount)
    FROM ({changes}) AS change (owner, other, registered, state, n, amount)
    GROUP BY owner, registered, state HAVING sum(n) <> 0 OR sum(amount) <> 0
    RETURNING owner_id
)
SELECT array_agg(DISTINCT owner_id) INTO owners FROM news;
IF owners IS NOT NULL THEN
    PERFORM crm_fold_tally('{label}', owners);
END IF;
"""


#: Before the number of a stretch of rows that have no value in an order's column.
EMPTY = "-"


def stretch(label, path, kind, *, column, pk="id"):
    """Return the SQL of the name of the stretch between milestones that a row lies on.

    Args:
        label: the model as `app.model`.
        path, kind: the order's column and its type.
        column, pk: where the row's value and id stand in the query.
    """
    of_order = f"FROM crm_milestones WHERE label = '{label}' AND path = '{path}'"
    before, first = (
        f"coalesce(width_bucket({value}, (SELECT {milestones} {of_order})), 0)::text"
        for value, milestones in ((column, f'"values"::{kind}[]'), (pk, "ids"))
    )
    return f"CASE WHEN {column} IS NULL THEN '{EMPTY}' || {first} ELSE {before} END"


def milestones_kept(label, paths, *, owner="owner_id"):
    """Keep how many live rows of whom lie between the milestones of some orders.

    Args:
        label: the model as `app.model`.
        paths: {column of an order: its type}.
        owner: the column of whose row it is.

    Returns:
        Two triggers that write to the ledger `crm.Tally`, once per statement, and
        nothing where a change moves no row.
    """
    columns = ("id", owner, "registration", "deleted_at", *paths)
    before, after = (
        ", ".join(f"{rows}.{column}" for column in columns)
        for rows in ("before", "after")
    )
    counts = " UNION ALL ".join(
        BETWEEN_MILESTONES.format(
            ledger=f"{label}/{path}",
            owner="{owner}",
            stretch=stretch(label, path, kind, column=path),
        )
        for path, kind in paths.items()
    )
    changes = (
        ("milestones_new", pgtrigger.Insert, {"new": "new_rows"}, MOVED_IN),
        (
            "milestones_changed",
            pgtrigger.Update,
            {"old": "old_rows", "new": "new_rows"},
            MOVED,
        ),
    )
    return tuple(
        LedgerTrigger(
            columns={"owner": owner, "other": None},
            name=name,
            when=pgtrigger.After,
            operation=operation,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(**tables),
            declare=[("news", "record")],
            func=MILESTONES.format(
                columns=", ".join(columns),
                moved=moved.format(before=before, after=after),
                counts=counts,
            ),
        )
        for name, operation, tables, moved in changes
    )


#: The rows that a statement has put somewhere, and those it has taken away.
MOVED_IN = "SELECT 1, {after} FROM new_rows AS after"
MOVED = """
SELECT 1, {after}
FROM old_rows AS before JOIN new_rows AS after ON after.id = before.id
WHERE ({before}) IS DISTINCT FROM ({after})
UNION ALL
SELECT -1, {before}
FROM old_rows AS before JOIN new_rows AS after ON after.id = before.id
WHERE ({before}) IS DISTINCT FROM ({after})
"""
BETWEEN_MILESTONES = """
SELECT '{ledger}', {owner}, registration = 'registered', {stretch}, sum(sign)
FROM moved WHERE deleted_at IS NULL GROUP BY 2, 3, 4 HAVING sum(sign) <> 0
"""
#: As `TALLY`, for the orders of a kind together.
MILESTONES = """
FOR news IN
    WITH moved (sign, {columns}) AS ({moved}), added AS (
        INSERT INTO crm_tally (label, owner_id, registered, state, n, amount)
        SELECT label, owner, registered, stretch, n, 0
        FROM ({counts}) AS change (label, owner, registered, stretch, n)
        RETURNING label, owner_id
    )
    SELECT label, array_agg(DISTINCT owner_id) AS owners FROM added GROUP BY label
LOOP
    PERFORM crm_fold_tally(news.label, news.owners);
END LOOP;
RETURN NULL;
"""
