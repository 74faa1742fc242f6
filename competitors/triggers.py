"""What PostgreSQL refuses and keeps up to date here, by whatever way it came."""

import pgtrigger


def decided_by_hand():
    """Note that whoever changes an outcome has taken it from the opportunity."""
    return pgtrigger.Trigger(
        name="decided_by_hand",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("outcome"),
        func="""
IF NEW.outcome <> OLD.outcome AND NEW.is_settled = OLD.is_settled THEN
    NEW.is_settled := false;
END IF;
RETURN NEW;
""",
    )


def touches_competitor():
    """Make a changed product a change of its competitor: open forms go stale."""
    return _touches("""
UPDATE competitors_competitor SET
    version = version + 1,
    changed_at = clock_timestamp(),
    changed_by_id = coalesce(actor, changed_by_id)
WHERE id = (part ->> 'competitor_id')::bigint;
RETURN NULL;
""")


def touches_news():
    """Make a changed link a change of the news item: open forms go stale."""
    return _touches("""
UPDATE competitors_newsitem SET
    version = version + 1,
    changed_at = clock_timestamp(),
    changed_by_id = coalesce(actor, changed_by_id)
WHERE id = (part ->> 'news_id')::bigint;
RETURN NULL;
""")


def _touches(statement):
    return pgtrigger.Trigger(
        name="touches",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("part", "jsonb := to_jsonb(coalesce(NEW, OLD))"),
            ("actor", "bigint := nullif(current_setting('crm.actor', true), '')"),
        ],
        func=statement,
    )
