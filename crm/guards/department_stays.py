"""Who was in which department when: PostgreSQL notes it as people move."""

import pgtrigger


def stays_in_departments():
    """Note since when a person is in a department, and until when they were before.

    Who moves twice in a day was, that day, where they went at last.
    """
    return pgtrigger.Trigger(
        name="stays_kept",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("department_id"),
        declare=[
            ("today", "date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")
        ],
        func="""
IF TG_OP = 'UPDATE' THEN
    IF NEW.department_id IS NOT DISTINCT FROM OLD.department_id THEN
        RETURN NULL;
    END IF;
    DELETE FROM crm_departmentstay
    WHERE person_id = NEW.id AND until IS NULL AND since >= today;
    UPDATE crm_departmentstay SET until = today
    WHERE person_id = NEW.id AND until IS NULL;
END IF;
IF NEW.department_id IS NOT NULL THEN
    INSERT INTO crm_departmentstay (person_id, department_id, since)
    VALUES (NEW.id, NEW.department_id, today);
END IF;
RETURN NULL;
""",
    )


def kept_by_people():
    """Refuse to write a stay by any other way than by moving the person.

    But for what a new version of the program finds in the history.
    """
    return pgtrigger.Trigger(
        name="kept_by_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
IF pg_trigger_depth() < 2
    AND coalesce(current_setting('crm.verb', true), '') <> 'shipped' THEN
    RAISE EXCEPTION 'who was in which department is written by moving them alone'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'department_stay_kept';
END IF;
RETURN coalesce(NEW, OLD);
""",
    )
