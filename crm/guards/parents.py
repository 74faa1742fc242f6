"""Triggers for rows that belong to others: no live one under a deleted one, no circle.

They hold against any race: who adds a row holds its parent, who deletes a parent or
moves it waits for that.
"""

import pgtrigger


class ParentsLive(pgtrigger.Trigger):
    """Refuse a live row that belongs to one in the recycle bin.

    Asked of every foreign key that leads to a record, whenever a row is added, comes
    out of the recycle bin or comes to another parent. The parent is locked against
    being deleted until the row is there. Parts of a record have no recycle bin of
    their own: they live as long as they are there.
    """

    def get_func(self, model):
        """Return the checks of the model's foreign keys to records."""
        checks = [
            CHECK_OF_PARENT.format(
                column=field.column, parent=field.related_model._meta.db_table
            )
            for field in model._meta.concrete_fields
            if field.many_to_one and _can_be_deleted(field.related_model)
        ]
        if not _can_be_deleted(model):
            checks = [check.replace(RESTORED, "") for check in checks]
            return f"{''.join(checks)}RETURN NEW;\n"
        return f"IF NEW.deleted_at IS NULL THEN{''.join(checks)}END IF;\nRETURN NEW;\n"


def _can_be_deleted(model):
    return any(field.name == "deleted_at" for field in model._meta.concrete_fields)


RESTORED = "\n        OR OLD.deleted_at IS NOT NULL"
CHECK_OF_PARENT = """
    IF NEW.{column} IS NOT NULL AND (
        TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column}
        OR OLD.deleted_at IS NOT NULL
    ) THEN
        PERFORM FROM {parent}
        WHERE id = NEW.{column} AND deleted_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION '{column} leads to a row in the recycle bin'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'parent_lives';
        END IF;
    END IF;
"""
#: Found in the catalogue: a kind need not know who refers to it from above.
NO_LIVE_CHILD = """
IF OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL THEN
    RETURN NEW;
END IF;
EXECUTE format('SELECT FROM %s WHERE id = $1 FOR UPDATE', TG_RELID::regclass)
USING NEW.id;
FOR child, link IN
    SELECT conrelid::regclass, attname
    FROM pg_constraint JOIN pg_attribute
        ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = TG_RELID AND EXISTS (
        SELECT FROM pg_attribute AS gone
        WHERE gone.attrelid = conrelid AND gone.attname = 'deleted_at'
    )
LOOP
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s WHERE %I = $1 AND deleted_at IS NULL)',
        child, link
    ) INTO is_used USING NEW.id;
    IF is_used THEN
        RAISE EXCEPTION 'rows of % refer to this one', child
            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_use';
    END IF;
END LOOP;
RETURN NEW;
"""


def parents_live():
    """Let a row come to live parents only; they stay until it is there."""
    # It comes after the trigger that locks the customer: all lock in one order.
    return ParentsLive(
        name="parents_live",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def unused():
    """Let a row into the recycle bin only without live rows that belong to it.

    It waits for those that are being added: each of them holds its parent.
    """
    return pgtrigger.Trigger(
        name="unused",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("deleted_at"),
        declare=[("child", "regclass"), ("link", "name"), ("is_used", "boolean")],
        func=NO_LIVE_CHILD,
    )


def no_circle(name, edges, *, below="id", above, kept=None):
    """Refuse a row that would lie above itself, one change at a time.

    Args:
        name: the constraint that a refusal names.
        edges: a query of (id, above): every row and what lies right above it.
        below, above: the columns of this table that say so of one row.
        kept: (column, value) of the rows that say so, if not all do: links, each of
            which may close a circle as it is added.
    """
    is_one = "{row}.{} = '{}'".format(*kept, row="{row}") if kept else "true"
    columns = (above, below, kept[0]) if kept else (above,)
    changed = pgtrigger.UpdateOf(*columns)
    return pgtrigger.Trigger(
        name="no_circle",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | changed if kept else changed,
        func=NO_CIRCLE.format(
            name=name,
            edges=edges,
            below=below,
            above=above,
            is_one=is_one.format(row="NEW"),
            was_one=is_one.format(row="OLD"),
        ),
    )


NO_CIRCLE = """
IF NEW.{above} IS NULL OR NOT ({is_one}) OR (
    TG_OP = 'UPDATE' AND NEW.{above} = OLD.{above} AND NEW.{below} = OLD.{below}
    AND {was_one}
) THEN
    RETURN NEW;
END IF;
PERFORM pg_advisory_xact_lock(hashtext('{name}'));
IF EXISTS (
    WITH RECURSIVE edge (id, above) AS NOT MATERIALIZED ({edges}), up (id) AS (
        SELECT NEW.{above}
        UNION SELECT edge.above FROM edge JOIN up USING (id)
    )
    SELECT FROM up WHERE id = NEW.{below}
) THEN
    RAISE EXCEPTION 'a row cannot lie above itself'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
END IF;
RETURN NEW;
"""
