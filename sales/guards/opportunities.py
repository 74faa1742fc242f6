"""What PostgreSQL refuses and keeps of opportunities, however it came."""

import pgtrigger
from django.utils.translation import gettext_lazy as _

from crm.guards.acts import becomes

#: What of an opportunity a stage may ask for before one comes to it.
RELATIONS = ("contact", "source", "need")
ASKABLE = (
    *RELATIONS,
    "details",
    "amount",
    "probability",
    "next_step",
    "next_contact_at",
)
#: What is said of what is refused here, by the name that PostgreSQL gives.
REFUSED = {
    "opportunity_contact": _("The contact belongs to another customer."),
    "opportunity_contract": _("The contract belongs to another customer."),
    "opportunity_lacks": _(
        "Its stage asks for something that would be empty: see what it is on its page."
    ),
    "opportunity_moves": _("The stage changes by moving it alone."),
    "opportunity_tasks": _("Not all tasks on its way are done."),
    "opportunity_quoted": _(
        "What it was quoted for is not approved yet: it can be won when it is."
    ),
}
#: What an opportunity is called that moves, and what the row shows then.
ACTS = {
    "moved": "op = 'UPDATE' AND old ->> 'stage_id' <> new ->> 'stage_id'",
    "task_done": "op = 'UPDATE' AND jsonb_array_length(old -> 'ticked')"
    " < jsonb_array_length(new -> 'ticked')",
    "won": becomes("status", "won"),
    "lost": becomes("status", "lost"),
    "voided": becomes("status", "void"),
    "reopened": becomes("status", "open"),
}
#: What kind of stage each move leads to, as `crm.guards.actor.acting` calls it.
LEADS_TO = {
    "moved": "open",
    "reopened": "open",
    "won": "won",
    "lost": "lost",
    "voided": "void",
}


#: What `staged` does; `after` are (verb, kind of the stage that it leads to).
STAGED = """
SELECT * INTO stage FROM sales_stage WHERE id = NEW.stage_id FOR KEY SHARE;
IF TG_OP = 'UPDATE' AND NEW.stage_id = OLD.stage_id THEN
    NEW.status := OLD.status;
    NEW.entered_stage_at := OLD.entered_stage_at;
    RETURN NEW;
END IF;
IF TG_OP = 'INSERT' THEN
    IF stage.kind <> 'open' THEN
        RAISE EXCEPTION 'an opportunity begins open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_begins_open';
    END IF;
ELSIF (verb, stage.kind) NOT IN ({after})
    OR (verb = 'reopened') = (OLD.status = 'open') THEN
    RAISE EXCEPTION 'the stage changes only by a named move'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_moves';
ELSIF stage.pipeline_id <> (
    SELECT pipeline_id FROM sales_stage WHERE id = OLD.stage_id
) THEN
    RAISE EXCEPTION 'the stage belongs to another pipeline'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_pipeline';
END IF;
IF stage.kind = 'won' AND (
    SELECT bool_or(status = 'pending')
        OR bool_and(status IN ('draft', 'rejected', 'recalled'))
    FROM sales_quotation WHERE opportunity_id = NEW.id AND deleted_at IS NULL
) THEN
    RAISE EXCEPTION 'its quotation is not approved'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_quoted';
END IF;
NEW.status := stage.kind;
NEW.entered_stage_at := CASE TG_OP
    WHEN 'INSERT' THEN NEW.created_at ELSE clock_timestamp() END;
RETURN NEW;
"""


def staged():
    """Let the stage change by a named move alone, within the pipeline.

    What follows from the stage is kept with it: how the opportunity stands, and since
    when it stands there. What was quoted is won once some of it is approved, and
    nothing of it waits for that.
    """
    after = ", ".join(f"('{verb}', '{kind}')" for verb, kind in LEADS_TO.items())
    return pgtrigger.Trigger(
        name="staged",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("stage_id", "status", "entered_stage_at"),
        declare=[
            ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
            ("stage", "sales_stage"),
        ],
        func=STAGED.format(after=after),
    )


#: Whether a column named by `field` says nothing in a row (`to_jsonb`).
EMPTY = """coalesce({row} ->> field, {row} ->> (field || '_id'), '')
            IN ('', CASE field WHEN 'amount' THEN '0.00' ELSE '' END)"""
#: Whether `asks` is an open stage, in use, before `here`: any, where it is won.
ON_THE_WAY = """asks.kind = 'open' AND asks.active
            AND asks.pipeline_id = here.pipeline_id
            AND (here.kind = 'won' OR asks.position < here.position)"""
#: What `ready_for_stage` does.
READY = """
SELECT * INTO here FROM sales_stage WHERE id = NEW.stage_id;
is_new := TG_OP = 'INSERT';
IF NOT is_new THEN
    SELECT * INTO before FROM sales_stage WHERE id = OLD.stage_id;
    stays := here.id = before.id;
    IF stays AND OLD.status <> 'open' OR NOT stays AND (
        verb = 'reopened' OR here.kind = 'open' AND here.position < before.position
    ) THEN
        RETURN NEW;
    END IF;
END IF;
IF here.kind NOT IN ('open', 'won') THEN
    RETURN NEW;
END IF;
IF EXISTS (
    SELECT FROM sales_stage asks CROSS JOIN unnest(asks.requires) AS wants(field)
    WHERE (asks.id = here.id OR {on_the_way})
        AND {empty_now}
        AND NOT (stays AND {empty_before})
) THEN
    RAISE EXCEPTION 'its stage asks for what is empty'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_lacks';
END IF;
IF NOT is_new AND NOT stays AND before.kind = 'open' AND EXISTS (
    SELECT FROM sales_stage asks
    WHERE (asks.id = before.id
            OR {on_the_way} AND asks.position > before.position)
        AND NOT asks.tasks::text[] <@ NEW.ticked::text[]
) THEN
    RAISE EXCEPTION 'not all tasks of its stage are done'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opportunity_tasks';
END IF;
RETURN NEW;
"""


def ready_for_stage():
    """Let an opportunity go on only with what the stages ask for, their tasks done.

    What its stage asks for stays filled in while it is open. Nothing is asked of one
    that goes back, is lost, void or opened again, nor of one that lacks it since before
    the stage asked.
    """
    return pgtrigger.Trigger(
        name="ready_for_stage",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "stage_id",
            *(f"{name}_id" if name in RELATIONS else name for name in ASKABLE),
        ),
        declare=[
            ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
            ("here", "sales_stage"),
            ("before", "sales_stage"),
            ("is_new", "boolean"),
            ("stays", "boolean := false"),
        ],
        func=READY.format(
            on_the_way=ON_THE_WAY,
            empty_now=EMPTY.format(row="to_jsonb(NEW)"),
            empty_before=EMPTY.format(row="to_jsonb(OLD)"),
        ),
    )


def stays_kept():
    """Note each stay of an opportunity in a stage: since when, until when, by whom."""
    return pgtrigger.Trigger(
        name="stays_kept",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("stage_id"),
        func="""
IF TG_OP = 'UPDATE' THEN
    IF NEW.stage_id = OLD.stage_id THEN
        RETURN NULL;
    END IF;
    UPDATE sales_stay SET left_at = NEW.entered_stage_at
    WHERE opportunity_id = NEW.id AND left_at IS NULL;
END IF;
INSERT INTO sales_stay (
    opportunity_id, stage_id, before_id, entered_at, by_id, amount, expected_on,
    reason_id, note
) VALUES (
    NEW.id, NEW.stage_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.stage_id END,
    NEW.entered_stage_at, nullif(current_setting('crm.actor', true), '')::bigint,
    NEW.amount, NEW.expected_on, NEW.closing_reason_id, NEW.move_note
);
RETURN NULL;
""",
    )


def put_off():
    """Count how often the day on which the order is expected moved on, while open.

    Who takes back that it did has not put it off.
    """
    return pgtrigger.Trigger(
        name="put_off",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("expected_on", "times_put_off"),
        func="""
IF TG_OP = 'INSERT' THEN
    NEW.times_put_off := 0;
    RETURN NEW;
END IF;
NEW.times_put_off := OLD.times_put_off;
IF OLD.status = 'open' THEN
    NEW.times_put_off := OLD.times_put_off + CASE
        WHEN coalesce(current_setting('crm.verb', true), '')
            IN ('undone', 'import_undone')
            THEN -(NEW.expected_on < OLD.expected_on AND OLD.times_put_off > 0)::int
        ELSE (NEW.expected_on > OLD.expected_on)::int
    END;
END IF;
RETURN NEW;
""",
    )


def kept_by_moves():
    """Refuse to write a stay by any other way than by the move itself.

    But for an option of a dictionary that is replaced everywhere, and what is deleted
    for good with its opportunity.
    """
    return pgtrigger.Trigger(
        name="kept_by_moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
IF pg_trigger_depth() < 2 AND (
    TG_OP, coalesce(current_setting('crm.verb', true), '')
) NOT IN (('DELETE', 'purged'), ('UPDATE', 'replaced')) THEN
    RAISE EXCEPTION 'stays in a stage are written by moves alone'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stay_kept';
END IF;
RETURN coalesce(NEW, OLD);
""",
    )


def stage_as_it_was():
    """Refuse to make another kind of a stage that is used, or move it elsewhere."""
    return pgtrigger.Trigger(
        name="as_it_was",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("kind", "pipeline_id"),
        func="""
IF (NEW.kind, NEW.pipeline_id) IS DISTINCT FROM (OLD.kind, OLD.pipeline_id)
    AND EXISTS (SELECT FROM sales_stay WHERE stage_id = OLD.id) THEN
    RAISE EXCEPTION 'a stage that was entered stays what it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'stage_used';
END IF;
RETURN NEW;
""",
    )
