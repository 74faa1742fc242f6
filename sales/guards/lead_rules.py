"""What PostgreSQL keeps of the assignments of leads."""

import pgtrigger


def as_written():
    """Refuse to change what was noted; it goes with its lead alone, for good."""
    return pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=(
            "IF TG_OP = 'DELETE' AND current_setting('crm.verb', true) = 'purged' THEN"
            " RETURN OLD; END IF;"
            " RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table',"
            " TG_TABLE_NAME;"
        ),
    )
