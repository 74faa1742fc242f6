"""The bodies of the triggers of approval, with places for the names of a kind.

They stand apart from `crm.approval.guards`, which fills them in.
"""

from datetime import timedelta

#: A record waits and holds as its rounds say, and does not change meanwhile.
GOVERNED = """
            IF TG_OP = 'UPDATE' THEN
                before := OLD.{state};
                IF before IN ('{pending}', '{approved}')
                    AND ({old}) IS DISTINCT FROM ({new}) THEN
                    PERFORM crm_refuse('governed_by_rounds', 'content is frozen');
                END IF;
            END IF;
            IF NEW.{state} = before
                OR '{pending}' <> before
                AND NEW.{state} NOT IN ('{pending}', '{approved}') THEN
                RETURN NEW;
            END IF;
            SELECT * INTO last FROM {prefix}round
            WHERE {record}_id = NEW.id ORDER BY id DESC LIMIT 1;
            IF last.state IS DISTINCT FROM (CASE NEW.{state}
                WHEN '{pending}' THEN 'open' WHEN '{approved}' THEN 'approved'
                ELSE NEW.{state} END)
                OR NEW.{state} = '{approved}' AND last.unruled = (before = '{pending}')
            THEN
                PERFORM crm_refuse('governed_by_rounds', 'not what its rounds say');
            END IF;
            RETURN NEW;
        """

#: A round says what its content says, and whether a rule asks for approval. It begins
#: open, or approved where no rule asks: then whoever lets it hold must have that right.
BEGINS = """
            IF NEW.sha256
                <> encode(sha256(convert_to(NEW.snapshot, 'UTF8')), 'hex') THEN
                PERFORM crm_refuse('round_hash', 'not the hash of the snapshot');
            END IF;
            IF (NEW.state = 'open') = NEW.unruled THEN
                PERFORM crm_refuse('round_begins_open', 'not open');
            END IF;
            IF {claimed} IS DISTINCT FROM
                {written} THEN
                PERFORM crm_refuse('round_snapshot', 'not what is written');
            END IF;
            SELECT * INTO rule FROM {prefix}approvalrule
            WHERE id = {rule};
            IF NEW.unruled <> (rule.id IS NULL) THEN
                PERFORM crm_refuse('round_rule', 'the rules say otherwise');
            END IF;
            IF NOT crm_holds(NEW.submitted_by_id, CASE WHEN NEW.unruled
                THEN '{register}' ELSE '{submit}' END) THEN
                PERFORM crm_refuse('round_right', 'no right to hand it in');
            END IF;
            NEW.rule_name := coalesce(rule.name, '');
            NEW.rule_version := rule.version;
            NEW.submitted_at := clock_timestamp();
            NEW.closed_at := CASE WHEN NEW.unruled THEN NEW.submitted_at END;
            RETURN NEW;
        """

#: A round asks whom its rule asks, step by step.
ASKS = """
            INSERT INTO {prefix}roundstep
                (round_id, position, asks, mode, role_id, person_id, last_resort_id)
            SELECT NEW.id, row_number() OVER (ORDER BY s.position), s.asks, s.mode,
                s.role_id, s.person_id, r.last_resort_id
            FROM {prefix}approvalrule r
            JOIN {prefix}approvalstep s ON s.rule_id = r.id
            WHERE r.id = {rule};
            RETURN NULL;
        """

COMES_WITH_ROUND = """
                IF pg_trigger_depth() < 2 THEN
                    PERFORM crm_refuse('round_frozen', 'a step comes too late');
                END IF;
                RETURN NEW;
            """

#: A verdict `d` that nobody has taken back.
STANDING = """NOT EXISTS (
                SELECT FROM {prefix}retraction t WHERE t.decision_id = d.id
            )"""

#: A step `s` that is not agreed to: nobody has, somebody has not, or, where all have
#: to, not yet everybody who holds the role and whose own doing it is not. Who decided
#: is heard, and so is whom they stood in for.
UNDONE = """(
                NOT EXISTS (
                    SELECT FROM {prefix}decision d
                    WHERE d.step_id = s.id AND {standing}
                ) OR EXISTS (
                    SELECT FROM {prefix}decision d
                    WHERE d.step_id = s.id AND NOT d.approved
                ) OR s.mode = 'all' AND crm_misses(s.role_id, '{approve}',
                    barred || ARRAY(
                        SELECT unnest(ARRAY[d.by_id, d.on_behalf_of_id])
                        FROM {prefix}decision d
                        WHERE d.step_id = s.id AND {standing}
                    ))
                )"""

#: A round closes once, as its verdicts say; nothing else of it changes.
CLOSES = """
            IF OLD.state <> 'open' OR to_jsonb(NEW) - '{{state,closed_at}}'::text[]
                <> to_jsonb(OLD) - '{{state,closed_at}}'::text[] THEN
                PERFORM crm_refuse('round_frozen', 'a round never changes');
            END IF;
            SELECT ARRAY[r.submitted_by_id, {doers}] INTO barred
            FROM {prefix}round r
            JOIN {table} {record} ON {record}.id = r.{record}_id
            {joins}
            WHERE r.id = NEW.id;
            SELECT count(*) INTO no FROM {prefix}roundstep s
            JOIN {prefix}decision d ON d.step_id = s.id AND NOT d.approved
            WHERE s.round_id = NEW.id;
            SELECT coalesce(sum({undone}::int), 1) INTO open
            FROM {prefix}roundstep s WHERE s.round_id = NEW.id;
            IF (NEW.state = 'approved' AND open > 0)
                OR (NEW.state = 'rejected' AND no = 0)
                OR (NEW.state = 'recalled' AND no > 0) THEN
                PERFORM crm_refuse('round_verdict', 'its verdicts differ');
            END IF;
            IF NEW.state <> 'open' THEN
                NEW.closed_at := clock_timestamp();
            END IF;
            RETURN NEW;
        """

#: A verdict is another's, and on behalf of others, than those whose own doing it
#: decides on, and theirs whom the step asks; where all have to decide, who is asked
#: themselves speaks for nobody else. The record is locked, so that whose it is cannot
#: change meanwhile.
FOUR_EYES = """
                SELECT r.state, r.{record}_id AS record_id, s.round_id, s.position,
                    s.mode, s.role_id, s.person_id, s.last_resort_id,
                    ARRAY[r.submitted_by_id, {doers}] AS barred, (
                        SELECT d.path FROM crm_user u
                        JOIN crm_department d ON d.id = u.department_id
                        WHERE u.id = {owner}
                    ) AS path
                INTO asked
                FROM {prefix}roundstep s
                JOIN {prefix}round r ON r.id = s.round_id
                JOIN {table} {record} ON {record}.id = r.{record}_id
                {joins}
                WHERE s.id = NEW.step_id
                FOR NO KEY UPDATE OF {record};
                barred := asked.barred;
                IF ARRAY[NEW.by_id, NEW.on_behalf_of_id] && barred THEN
                    PERFORM crm_refuse('decision_four_eyes', 'one''s own');
                END IF;
                IF asked.mode = 'all' AND NEW.on_behalf_of_id IS NOT NULL AND EXISTS (
                    SELECT FROM crm_roleassignment a
                    WHERE a.user_id = NEW.by_id AND a.role_id = asked.role_id
                ) THEN
                    PERFORM crm_refuse('decision_one_voice', 'asked themselves');
                END IF;
                IF asked.state <> 'open' OR EXISTS (
                    SELECT FROM {prefix}roundstep s
                    WHERE s.round_id = asked.round_id
                        AND s.position < asked.position AND {undone}
                ) OR EXISTS (
                    SELECT FROM {prefix}decision d
                    WHERE d.step_id = NEW.step_id AND {standing}
                        AND (asked.mode <> 'all' OR NOT d.approved)
                ) THEN
                    PERFORM crm_refuse('decision_in_turn', 'not its turn');
                END IF;
                IF EXISTS (
                    SELECT FROM {prefix}decision d
                    WHERE d.step_id = NEW.step_id AND {standing} AND (
                        d.by_id = NEW.by_id OR coalesce(d.on_behalf_of_id, d.by_id)
                            = coalesce(NEW.on_behalf_of_id, NEW.by_id))
                ) THEN
                    PERFORM crm_refuse('decision_once', 'decided already');
                END IF;
                IF NOT crm_holds(NEW.by_id, '{approve}') OR NOT crm_asks(
                    asked.role_id, asked.person_id, asked.last_resort_id, asked.path,
                    NEW.by_id, NEW.on_behalf_of_id) THEN
                    PERFORM crm_refuse('decision_right', 'not whom it asks');
                END IF;
                NEW.{record}_id := asked.record_id;
                NEW.at := clock_timestamp();
                NEW.again := NULL;
                RETURN NEW;
            """

#: How long after a verdict it can be taken back.
WITHIN = timedelta(minutes=5)

#: Who approved takes it back, soon, while the round is open and nobody has gone on from
#: it to a later step. The record is locked before it is asked, as by a verdict.
TAKES_BACK = """
                PERFORM FROM {prefix}decision d
                JOIN {table} {record} ON {record}.id = d.{record}_id
                WHERE d.id = NEW.decision_id
                FOR NO KEY UPDATE OF {record};
                SELECT d.by_id, d.approved, d.at, d.{record}_id AS record_id, r.state,
                    s.round_id, s.position
                INTO given
                FROM {prefix}decision d
                JOIN {prefix}roundstep s ON s.id = d.step_id
                JOIN {prefix}round r ON r.id = s.round_id
                WHERE d.id = NEW.decision_id;
                IF given.by_id::text
                    IS DISTINCT FROM current_setting('crm.actor', true) THEN
                    PERFORM crm_refuse('retraction_own', 'another''s verdict');
                END IF;
                IF given.state <> 'open' OR NOT given.approved
                    OR clock_timestamp() > given.at + interval '{within} seconds'
                    OR EXISTS (
                        SELECT FROM {prefix}roundstep s
                        JOIN {prefix}decision d ON d.step_id = s.id AND {standing}
                        WHERE s.round_id = given.round_id
                            AND s.position > given.position
                    ) THEN
                    PERFORM crm_refuse('retraction_late', 'it was gone on from');
                END IF;
                NEW.{record}_id := given.record_id;
                NEW.at := clock_timestamp();
                RETURN NEW;
            """
