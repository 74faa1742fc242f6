"""Who may be given something: whoever works here, with no account just closing.

It holds against any race: who gives holds the receiver, who closes an account waits for
that before looking at what is left with it (`system.leaving.lines.refuse_left`).
"""

import pgtrigger


def only_to_who_works_here(*columns, **conditional):
    """Let nobody come into a column who works here no longer; whoever is there stays.

    The account is held against being closed until the row is there. What another
    trigger does is not asked: a change of a contract that is applied gives it to
    who was approved with it.

    Args:
        columns: those of foreign keys to people.
        conditional: others, each with the condition under which a row counts.
    """
    asked = dict.fromkeys(columns, "true") | conditional
    # It comes after the trigger that locks the customer: all lock in one order.
    return pgtrigger.Trigger(
        name="receiver",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*asked),
        func="".join(
            RECEIVER.format(column=column, condition=condition)
            for column, condition in asked.items()
        )
        + "RETURN NEW;",
    )


RECEIVER = """
IF NEW.{column} IS NOT NULL AND pg_trigger_depth() = 1 AND ({condition})
    AND (TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column}) THEN
    PERFORM FROM crm_user WHERE id = NEW.{column} AND is_active AND (
        left_on IS NULL OR left_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date
    ) FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '{column} is nobody who works here'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receiver_works_here';
    END IF;
END IF;
"""
