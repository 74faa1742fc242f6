"""What PostgreSQL refuses and keeps up to date here, by whatever way it came."""

import pgtrigger
from django.utils.translation import gettext_lazy as _

#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "encounter_undecided": _("The opportunity is closed: say how it ended."),
}


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


def undecided():
    """Refuse to open an encounter over an opportunity that is closed, or is closing.

    Whoever closes one holds its row and ends what is open over it: who comes with
    another waits for that here, and who was here first is waited for. One that is open
    already stays so over what is void: that is no outcome for anybody
    (`competitors.settling`). What lies in the recycle bin follows the same rule: it
    comes back as it is.
    """
    return pgtrigger.Trigger(
        name="undecided",  # after `owner_asked`: the customer is locked first
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("outcome", "opportunity_id"),
        declare=[("state", "text")],
        func="""
IF NEW.outcome <> 'open' OR NEW.opportunity_id IS NULL OR TG_OP = 'UPDATE'
    AND (NEW.outcome, NEW.opportunity_id)
        IS NOT DISTINCT FROM (OLD.outcome, OLD.opportunity_id)
THEN
    RETURN NEW;
END IF;
SELECT status INTO state FROM sales_opportunity
WHERE id = NEW.opportunity_id FOR SHARE;
IF state <> 'open' THEN
    RAISE EXCEPTION 'the opportunity is closed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'encounter_undecided';
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
