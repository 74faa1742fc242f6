"""Triggers of rounds and verdicts: closed once, four eyes, each step in its turn."""

import pgtrigger


def round_triggers():
    """Return the triggers of rounds: a true hash, closed once, by its verdicts."""
    return (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        _round_begins(),
        _round_closes(),
    )


def _round_begins():
    """A round begins open, or approved if no rule asks for approval."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NEW.sha256
                <> encode(sha256(convert_to(NEW.snapshot, 'UTF8')), 'hex') THEN
                PERFORM contracts_refuse('round_hash', 'not the hash of the snapshot');
            END IF;
            IF (NEW.state = 'open') = NEW.unruled THEN
                PERFORM contracts_refuse('round_begins_open', 'not open');
            END IF;
            RETURN NEW;
        """,
    )


def _round_closes():
    """A round closes once, as its verdicts say; nothing else of it changes."""
    return pgtrigger.Trigger(
        name="closes",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[("asked", "int"), ("yes", "int"), ("no", "int")],
        func="""
            IF OLD.state <> 'open' OR to_jsonb(NEW) - '{state,closed_at}'::text[]
                <> to_jsonb(OLD) - '{state,closed_at}'::text[] THEN
                PERFORM contracts_refuse('round_frozen', 'a round never changes');
            END IF;
            SELECT count(*), count(*) FILTER (WHERE d.approved),
                count(*) FILTER (WHERE NOT d.approved)
            INTO asked, yes, no
            FROM contracts_roundstep s
            LEFT JOIN contracts_decision d ON d.step_id = s.id
            WHERE s.round_id = NEW.id;
            IF (NEW.state = 'approved' AND (asked = 0 OR yes <> asked))
                OR (NEW.state = 'rejected' AND no = 0)
                OR (NEW.state = 'recalled' AND no > 0) THEN
                PERFORM contracts_refuse('round_verdict', 'its verdicts differ');
            END IF;
            RETURN NEW;
        """,
    )


def decision_triggers():
    """Return the triggers of verdicts: four eyes, in turn, on an open round."""
    return (
        pgtrigger.Trigger(
            name="four_eyes",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("asked", "record")],
            func="""
                SELECT r.state, r.submitted_by_id, r.contract_id, c.owner_id,
                    c.entered_by_id, c.edited_by_id, s.round_id, s.position
                INTO asked
                FROM contracts_roundstep s
                JOIN contracts_round r ON r.id = s.round_id
                JOIN contracts_contract c ON c.id = r.contract_id
                WHERE s.id = NEW.step_id
                FOR NO KEY UPDATE OF c;
                IF NEW.by_id IN (asked.submitted_by_id, asked.owner_id,
                    asked.entered_by_id, asked.edited_by_id) THEN
                    PERFORM contracts_refuse('decision_four_eyes', 'one''s own');
                END IF;
                IF asked.state <> 'open' OR EXISTS (
                    SELECT 1 FROM contracts_roundstep s
                    LEFT JOIN contracts_decision d ON d.step_id = s.id
                    WHERE s.round_id = asked.round_id
                        AND s.position < asked.position
                        AND d.approved IS NOT TRUE
                ) THEN
                    PERFORM contracts_refuse('decision_in_turn', 'not its turn');
                END IF;
                NEW.contract_id := asked.contract_id;
                RETURN NEW;
            """,
        ),
    )
