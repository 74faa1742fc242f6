"""What stays of the files of what was decided on."""

import pgtrigger

from crm.guards.triggers import ACTOR


def files_stay(table, writable):
    """Return the trigger of files: once it is decided, nobody removes another's.

    What was uploaded by mistake, its uploader removes. Without anybody acting the row
    goes with its record.

    Args:
        table: of the records.
        writable: the statuses of a record that is not decided on.
    """
    open_ones = ", ".join(f"'{status}'" for status in writable)
    return pgtrigger.Trigger(
        name="files_stay",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        declare=[ACTOR],
        func=f"""
IF actor <> OLD.uploaded_by_id AND EXISTS (
    SELECT FROM {table}
    WHERE id = OLD.record_id AND status NOT IN ({open_ones}) FOR NO KEY UPDATE
) THEN
    RAISE EXCEPTION 'it was decided with it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'file_stays';
END IF;
RETURN OLD;
""",
    )
