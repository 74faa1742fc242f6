"""Triggers that tables declare in `Meta.triggers`: history, stamps, refusals.

They live in PostgreSQL so that bulk updates, imports and plain SQL are recorded
and refused like everything else. django-pgtrigger puts them into migrations.
"""

import pgtrigger

#: Columns that say when and by whom a row was touched: never news of their own.
STAMPS = ("version", "changed_at", "changed_by_id")
#: Columns that say where a row comes from: they never change, where there are any.
ORIGIN = ("id", "number", "created_at", "entered_by_id")
#: Who is acting, as triggers declare it.
ACTOR = ("actor", "bigint := nullif(current_setting('crm.actor', true), '')::bigint")

#: django-pgtrigger lets every trigger ask, row by row, whether a setting tells it to
#: stand aside. None ever does: history, stamps and sums are not to be written past.
#: Its own function starts a subtransaction for each row besides, which makes a
#: statement over n rows take a time that grows with n².
NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS 'BEGIN RETURN false; END'
"""


def append_only():
    """Refuse to change or delete a row once it is written."""
    return pgtrigger.Protect(
        name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
    )


def signed_by_the_database():
    """Let an entry say when it was written and who was acting, whoever inserts it."""
    return pgtrigger.Trigger(
        name="signed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
NEW.at := clock_timestamp();
NEW.actor_id := nullif(current_setting('crm.actor', true), '')::bigint;
NEW.actor_name := coalesce((SELECT name FROM crm_user WHERE id = NEW.actor_id), '');
RETURN NEW;
""",
    )


def never_deleted():
    """Refuse to delete a row for good: records go to the recycle bin."""
    return pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


#: Nobody asks for what has lain in the recycle bin for so long.
LONG_IN_BIN = "30 days"


def deleted_from_bin():
    """Refuse to delete a record for good, but for what has lain long in the bin.

    Then only as what it is called, and never what others refer to: their keys say so.
    """
    return pgtrigger.Trigger(
        name="never_deleted",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=(
            f"IF OLD.deleted_at < now() - interval '{LONG_IN_BIN}'"
            " AND current_setting('crm.verb', true) = 'purged' THEN"
            " RETURN OLD; END IF;"
            " RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table',"
            " TG_TABLE_NAME;"
        ),
    )


def guarded(column, *, verbs):
    """Let a column change only while one of some verbs is being done.

    Args:
        column: what decides over somebody's access.
        verbs: what `crm.guards.actor.acting` calls the doing.
    """
    named = ", ".join(f"'{verb}'" for verb in verbs)
    return pgtrigger.Trigger(
        name=f"guarded_{column}",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f'OLD."{column}" IS DISTINCT FROM NEW."{column}"'
        ),
        func=(
            "IF coalesce(current_setting('crm.verb', true), '')"
            f" NOT IN ({named}) THEN"
            f" RAISE EXCEPTION '{column} changes only by a named verb'"
            " USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW;"
        ),
    )


def noted(label, *, title="id", ignored=(), subject=None):
    """Write a history entry for every insert, update and delete of a row.

    Args:
        label: the model as `app.model`, kept in the entry.
        title: the column whose text names the row to a reader.
        ignored: columns kept by the program itself, whose change is no news.
        subject: (label, column) of the record this row is a part of; its
            history shows the entry.
    """
    columns = ",".join((*STAMPS, *ignored))
    owner, column = subject or (label, "id")
    trigger = pgtrigger.Trigger(
        name="noted",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=(
            f"PERFORM crm_note_history(TG_OP, '{label}', '{title}', '{{{columns}}}',"
            f" '{owner}', '{column}',"
            " CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,"
            " CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);"
            " RETURN NULL;"
        ),
    )
    trigger.titled_by = title  # history shows an id there as the row's name
    trigger.untracked = (*STAMPS, *ignored)
    return trigger


def stamped(*, ignored=()):
    """Raise `version` and set `changed_at`, `changed_by` when a row changes.

    Nobody else sets them, but triggers of parts of the row (`touches`); and where the
    row comes from never changes.

    Args:
        ignored: columns that PostgreSQL keeps itself; their change makes no new
            version, so that nobody's open form goes stale because of them.
    """
    return pgtrigger.Trigger(
        name="stamped",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[("old_row", "jsonb := to_jsonb(OLD)"), ("new_row", "jsonb")],
        func=STAMP.format(
            columns=",".join((*STAMPS, *ignored)),
            came=", ".join(f"old_row -> '{column}'" for column in ORIGIN),
            comes=", ".join(f"new_row -> '{column}'" for column in ORIGIN),
        ),
    )


STAMP = """
new_row := to_jsonb(NEW);
IF ({came}) IS DISTINCT FROM ({comes}) THEN
    RAISE EXCEPTION 'where a row comes from never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'origin_kept';
END IF;
IF new_row - '{{{columns}}}'::text[] IS DISTINCT FROM
    old_row - '{{{columns}}}'::text[] THEN
    NEW.version := OLD.version + 1;
    NEW.changed_at := clock_timestamp();
    NEW.changed_by_id := coalesce(
        nullif(current_setting('crm.actor', true), '')::bigint, NEW.changed_by_id
    );
ELSIF pg_trigger_depth() = 1 THEN
    NEW.version := OLD.version;
    NEW.changed_at := OLD.changed_at;
    NEW.changed_by_id := OLD.changed_by_id;
END IF;
RETURN NEW;
"""


def touches(table, column, *values, kept=()):
    """Make a changed part a change of its row: open forms of that row go stale.

    Args:
        table: the table of the row.
        column: the column of the part that holds the row's id.
        values: what else it changes, `column = value`; `actor` is who acts, or null.
        kept: columns of the part that PostgreSQL keeps itself: where nothing else
            changed, the row's own triggers run, and it is as new as it was.
    """
    return pgtrigger.Trigger(
        name="touches",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("part", "jsonb := to_jsonb(coalesce(NEW, OLD))"),
            ("actor", "bigint := nullif(current_setting('crm.actor', true), '')"),
        ],
        func=(_runs(table, column, kept) if kept else "")
        + TOUCH.format(
            table=table,
            column=column,
            values="".join(f",\n    {value}" for value in values),
        ),
    )


RUN = """
IF {only_kept} THEN
    UPDATE {table} SET version = version WHERE id = (part ->> '{column}')::bigint;
    RETURN NULL;
END IF;
"""
TOUCH = """
UPDATE {table} SET
    version = version + 1,
    changed_at = clock_timestamp(),
    changed_by_id = coalesce(actor, changed_by_id){values}
WHERE id = (part ->> '{column}')::bigint;
RETURN NULL;
"""


def _runs(table, column, kept):
    return RUN.format(table=table, column=column, only_kept=only_kept(kept))


def only_kept(columns):
    """Return the SQL condition "an update changed nothing else than some columns"."""
    kept = ",".join(columns)
    return f"""TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{{{kept}}}'::text[]
    = to_jsonb(NEW) - '{{{kept}}}'::text[]"""


def number_kept():
    """Keep the number that PostgreSQL gives a new row where the row is searched.

    The second field of `search_pinyin` is the number's (`crm.models.searching`).
    """
    return pgtrigger.Trigger(
        name="number_kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=(
            "IF split_part(NEW.search_pinyin, E'\\t', 2) = '' THEN"
            " NEW.search_pinyin := regexp_replace(NEW.search_pinyin,"
            " E'^([^\\t]*)\\t', E'\\\\1\\t'"
            " || lower(regexp_replace(NEW.number, '[^[:alnum:]]', '', 'g')));"
            " END IF; RETURN NEW;"
        ),
    )


def department_path():
    """Keep `path` of a department and refuse a cycle, one move at a time."""
    return pgtrigger.Trigger(
        name="path",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
        declare=[("above", "text")],
        func=(
            "PERFORM pg_advisory_xact_lock(hashtext('crm_department'));"
            " SELECT path INTO above FROM crm_department WHERE id = NEW.parent_id;"
            " above := coalesce(above, '/');"
            " IF position('/' || NEW.id || '/' IN above) > 0 THEN"
            " RAISE EXCEPTION 'a department cannot lie below itself'"
            " USING ERRCODE = 'check_violation', CONSTRAINT = 'department_circle';"
            " END IF;"
            " NEW.path := above || NEW.id || '/'; RETURN NEW;"
        ),
    )


def department_path_below():
    """Move the paths of everything below along with a department."""
    return pgtrigger.Trigger(
        name="path_below",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("parent_id"),
        func=(
            "UPDATE crm_department"
            " SET path = NEW.path || substr(path, length(OLD.path) + 1)"
            " WHERE starts_with(path, OLD.path) AND id <> NEW.id;"
            " RETURN NULL;"
        ),
    )
