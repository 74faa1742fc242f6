"""Triggers of rounds and verdicts: true to rule and content, closed once, four eyes.

What a round says of itself is compared with the rules and the content as they are; its
steps are copied from the rule here. The functions they ask (`contracts_rule`,
`contracts_said`, `contracts_holds`, `contracts_asks`) are made by a migration.
"""

import pgtrigger


def _on_insert(name, **what):
    """Return a trigger that is asked before a row comes in."""
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, **what
    )


def round_triggers():
    """Return the triggers of rounds: true, closed once, by their verdicts."""
    return (
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        _round_begins(),
        _round_asks(),
        _round_closes(),
    )


def _round_begins():
    """A round says what its content says, and whether a rule asks for approval.

    It begins open, or approved where no rule asks: then whoever registers it must have
    that right.
    """
    return _on_insert(
        "begins",
        declare=[("rule", "contracts_approvalrule")],
        func="""
            IF NEW.sha256
                <> encode(sha256(convert_to(NEW.snapshot, 'UTF8')), 'hex') THEN
                PERFORM contracts_refuse('round_hash', 'not the hash of the snapshot');
            END IF;
            IF (NEW.state = 'open') = NEW.unruled THEN
                PERFORM contracts_refuse('round_begins_open', 'not open');
            END IF;
            IF contracts_told(NEW.snapshot::jsonb) IS DISTINCT FROM
                contracts_said(NEW.contract_id, NEW.amendment_id) THEN
                PERFORM contracts_refuse('round_snapshot', 'not what is written');
            END IF;
            SELECT * INTO rule FROM contracts_approvalrule
            WHERE id = contracts_rule(NEW.contract_id, NEW.amendment_id);
            IF NEW.unruled <> (rule.id IS NULL) THEN
                PERFORM contracts_refuse('round_rule', 'the rules say otherwise');
            END IF;
            IF NOT contracts_holds(NEW.submitted_by_id, CASE WHEN NEW.unruled
                THEN 'contracts.register_contract'
                ELSE 'contracts.submit_contract' END) THEN
                PERFORM contracts_refuse('round_right', 'no right to hand it in');
            END IF;
            NEW.rule_name := coalesce(rule.name, '');
            NEW.submitted_at := clock_timestamp();
            NEW.closed_at := CASE WHEN NEW.unruled THEN NEW.submitted_at END;
            RETURN NEW;
        """,
    )


def _round_asks():
    """A round asks whom its rule asks, step by step."""
    return pgtrigger.Trigger(
        name="asks",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            INSERT INTO contracts_roundstep
                (round_id, position, asks, role_id, person_id, last_resort_id)
            SELECT NEW.id, row_number() OVER (ORDER BY s.position), s.asks, s.role_id,
                s.person_id, r.last_resort_id
            FROM contracts_approvalrule r
            JOIN contracts_approvalstep s ON s.rule_id = r.id
            WHERE r.id = contracts_rule(NEW.contract_id, NEW.amendment_id);
            RETURN NULL;
        """,
    )


def step_triggers():
    """Return the triggers of steps: they come with their round, none later."""
    return (
        _on_insert(
            "comes_with_round",
            func="""
                IF pg_trigger_depth() < 2 THEN
                    PERFORM contracts_refuse('round_frozen', 'a step comes too late');
                END IF;
                RETURN NEW;
            """,
        ),
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
            IF NEW.state <> 'open' THEN
                NEW.closed_at := clock_timestamp();
            END IF;
            RETURN NEW;
        """,
    )


def decision_triggers():
    """Return the triggers of verdicts: four eyes, the right, in turn, if open."""
    return (
        _on_insert(
            "four_eyes",
            declare=[("asked", "record")],
            func="""
                SELECT r.state, r.submitted_by_id, r.contract_id, c.owner_id,
                    c.entered_by_id, s.round_id, s.position,
                    coalesce(a.edited_by_id, c.edited_by_id) AS edited_by_id,
                    a.entered_by_id AS opened_by_id, a.owner_id AS heir_id
                INTO asked
                FROM contracts_roundstep s
                JOIN contracts_round r ON r.id = s.round_id
                JOIN contracts_contract c ON c.id = r.contract_id
                LEFT JOIN contracts_amendment a ON a.id = r.amendment_id
                WHERE s.id = NEW.step_id
                FOR NO KEY UPDATE OF c;
                IF NEW.by_id IN (asked.submitted_by_id, asked.owner_id,
                    asked.entered_by_id, asked.edited_by_id)
                    OR NEW.by_id = asked.opened_by_id OR NEW.by_id = asked.heir_id THEN
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
                IF NOT contracts_holds(NEW.by_id, 'contracts.approve_contract')
                    OR NOT contracts_asks(
                        NEW.step_id, NEW.by_id, NEW.on_behalf_of_id) THEN
                    PERFORM contracts_refuse('decision_right', 'not whom it asks');
                END IF;
                NEW.contract_id := asked.contract_id;
                NEW.at := clock_timestamp();
                RETURN NEW;
            """,
        ),
    )


def edition_triggers():
    """Return the triggers of editions: each is what got into the books just now."""
    return (
        _on_insert(
            "of_round",
            func="""
                IF NOT EXISTS (
                    SELECT FROM contracts_round r
                    JOIN contracts_contract c ON c.id = r.contract_id
                    WHERE r.id = NEW.round_id AND c.id = NEW.contract_id
                        AND r.state = 'approved' AND c.status = 'registered'
                        AND (r.edition, c.edition) = (NEW.number, NEW.number)
                ) THEN
                    PERFORM contracts_refuse('edition_of_round', 'not approved');
                END IF;
                RETURN NEW;
            """,
        ),
    )
