"""Triggers for rows that have options of dictionaries: none that is being replaced.

They hold for any writer: whoever lets a row come to have an option holds it until the
row is there; whoever puts another in its place waits for that, and moves the row too.
"""

import pgtrigger

#: The columns that lead here are asked about.
ITEMS = "crm.dictionaryitem"


class OptionsKept(pgtrigger.Trigger):
    """Hold the options that rows of one statement newly have, all in one order.

    Refuse those that were replaced while the statement waited for them. An option that
    was retired before may come along with what is copied from another row.
    """

    def get_func(self, model):
        """Return the check of all columns of the model that hold options."""
        before = "NULL::bigint" if self.operation == pgtrigger.Insert else "before.{0}"
        pairs = ", ".join(
            f"({before}, after.{{0}})".format(field.column)
            for field in model._meta.concrete_fields
            if field.many_to_one and field.related_model._meta.label_lower == ITEMS
        )
        return HOLD.format(rows=ROWS[str(self.operation)], pairs=pairs)


ROWS = {
    "INSERT": "new_rows AS after",
    "UPDATE": "new_rows AS after JOIN old_rows AS before ON before.id = after.id",
}
#: Each query sees what was committed until then: the second one after it has waited.
HOLD = """
SELECT array_agg(id) INTO chosen FROM crm_dictionaryitem WHERE active AND id IN (
    SELECT option.after FROM {rows}
    CROSS JOIN LATERAL (VALUES {pairs}) AS option (before, after)
    WHERE option.after IS DISTINCT FROM option.before
);
IF chosen IS NULL THEN
    RETURN NULL;
END IF;
SELECT count(*) INTO still FROM (
    SELECT FROM crm_dictionaryitem WHERE id = ANY(chosen) AND active
    ORDER BY id FOR KEY SHARE
) AS held;
IF still < cardinality(chosen) THEN
    RAISE EXCEPTION 'an option was replaced meanwhile'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'option_replaced';
END IF;
RETURN NULL;
"""


def options_kept():
    """Return the triggers of a table with options: nobody replaces one unseen."""
    changes = (
        ("options_new", pgtrigger.Insert, {"new": "new_rows"}),
        (
            "options_changed",
            pgtrigger.Update,
            {"old": "old_rows", "new": "new_rows"},
        ),
    )
    return tuple(
        OptionsKept(
            name=name,
            when=pgtrigger.After,
            operation=operation,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(**tables),
            declare=[("chosen", "bigint[]"), ("still", "bigint")],
        )
        for name, operation, tables in changes
    )
