"""Who ever wrote a row: history forgets nobody."""

from crm.guards.acts import SAID

#: What tells of somebody who only read it, or was turned away.
NOT_WRITTEN = "'{" + ",".join(SAID) + "}'"


def ever_wrote(label, free, row, person):
    """Return the SQL "this person ever wrote the content of a row of a kind".

    Who makes two customers one writes nothing.

    Args:
        label: the kind as `app.model`.
        free: the columns that are no content, as the SQL of an array.
        row, person: the SQL of their ids.
    """
    return f"""EXISTS (
                SELECT FROM crm_historyentry
                WHERE subject_label = '{label}' AND subject_id = {row}
                    AND label = '{label}' AND actor_id = {person}
                    AND verb <> ALL ({NOT_WRITTEN})
                    AND changes - {free}::text[]
                        - CASE WHEN verb IN ('merged', 'unmerged')
                            THEN 'customer_id' ELSE '' END <> '{{}}'
            )"""
