"""What PostgreSQL refuses about contracts, whoever asks: checks and triggers.

Every refusal carries the name of a constraint; `contracts.refusals` has the words.
The function `contracts_refuse(name, message)` is made by the first migration.
"""

import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = datetime.date(1990, 1, 1), datetime.date(2100, 12, 31)
DATES = ("signed_on", "starts_on", "ends_on", "completed_on", "terminated_on")


def contract_checks(largest):
    """Return the checks of one row of the table of contracts."""
    bounded = Q()
    for name in DATES:
        bounded &= Q(**{name: None}) | Q(**{f"{name}__range": (EARLIEST, LATEST)})
    terminated = Q(
        status="terminated",
        terminated_on__isnull=False,
        termination_reason__isnull=False,
    )
    going_on = Q(terminated_on=None, termination_reason=None) & ~Q(status="terminated")
    return (
        models.CheckConstraint(
            condition=Q(
                status__in=(
                    "draft",
                    "pending",
                    "registered",
                    "completed",
                    "terminated",
                )
            ),
            name="contract_status_known",
        ),
        models.CheckConstraint(
            condition=Q(amount__gte=0, amount__lte=largest),
            name="contract_amount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(tax_rate=None) | Q(tax_rate__gte=0, tax_rate__lte=100),
            name="contract_tax_in_bounds",
        ),
        models.CheckConstraint(condition=bounded, name="contract_dates_in_bounds"),
        models.CheckConstraint(
            condition=Q(starts_on=None)
            | Q(ends_on=None)
            | Q(ends_on__gte=F("starts_on")),
            name="contract_dates_in_order",
            violation_error_message=_("The contract ends before it starts."),
        ),
        models.CheckConstraint(
            condition=terminated | going_on, name="contract_termination_has_reason"
        ),
        models.CheckConstraint(
            condition=Q(status="completed", completed_on__isnull=False)
            | (Q(completed_on=None) & ~Q(status="completed")),
            name="contract_completion_has_day",
        ),
        models.CheckConstraint(
            condition=Q(deleted_at=None) | Q(status="draft", edition=1),
            name="contract_deleted_only_as_draft",
        ),
        models.CheckConstraint(
            condition=Q(status="draft") | Q(registration="registered"),
            name="contract_under_way_is_registered",
        ),
    )


def line_checks(largest):
    """Return the checks of one line of a contract."""
    return (
        models.CheckConstraint(
            condition=Q(quantity__gte=0), name="line_quantity_not_negative"
        ),
        models.CheckConstraint(
            condition=Q(unit_price__gte=0, unit_price__lte=largest),
            name="line_price_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(discount__gte=0, discount__lte=100),
            name="line_discount_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(amount__lte=largest), name="line_amount_in_bounds"
        ),
    )


def contract_triggers():
    """Return the triggers that keep a contract to its edges and freeze its content."""
    return (_begins(), _moves(), _frozen())


def _begins():
    """A contract begins as a draft of its first edition, edited by who entered it."""
    return pgtrigger.Trigger(
        name="begins",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NEW.status <> 'draft' OR NEW.edition <> 1 THEN
                PERFORM contracts_refuse('contract_begins_as_draft', 'not a draft');
            END IF;
            NEW.edited_by_id := coalesce(NEW.edited_by_id, NEW.entered_by_id);
            RETURN NEW;
        """,
    )


def _moves():
    """The status goes along an edge, and into the books only by an approved round."""
    return pgtrigger.Trigger(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[("last", "contracts_round"), ("total", "numeric")],
        func="""
            IF NEW.status = OLD.status THEN
                RETURN NEW;
            END IF;
            IF (OLD.status, NEW.status) NOT IN (
                ('draft', 'pending'), ('draft', 'registered'),
                ('pending', 'registered'), ('pending', 'draft'),
                ('registered', 'draft'),
                ('registered', 'completed'), ('registered', 'terminated')
            ) OR NEW.deleted_at IS NOT NULL THEN
                PERFORM contracts_refuse('contract_edge', 'no such change of status');
            END IF;
            IF NEW.edition <> OLD.edition
                + (OLD.status = 'registered' AND NEW.status = 'draft')::int THEN
                PERFORM contracts_refuse('contract_edge', 'not the next edition');
            END IF;
            SELECT * INTO last FROM contracts_round
            WHERE contract_id = NEW.id ORDER BY id DESC LIMIT 1;
            IF NEW.status = 'pending' AND (
                last.id IS NULL OR last.state <> 'open' OR last.edition <> NEW.edition
            ) THEN
                PERFORM contracts_refuse('contract_needs_round', 'no open round');
            END IF;
            IF NEW.status = 'registered' AND (
                last.id IS NULL OR last.state <> 'approved'
                OR last.edition <> NEW.edition
                OR last.unruled <> (OLD.status = 'draft')
            ) THEN
                PERFORM contracts_refuse('contract_needs_approval', 'not approved');
            END IF;
            IF NEW.status = 'draft' AND OLD.status = 'pending'
                AND last.state NOT IN ('rejected', 'recalled') THEN
                PERFORM contracts_refuse('contract_needs_verdict', 'no verdict');
            END IF;
            IF OLD.status = 'draft' THEN
                SELECT sum(amount) INTO total FROM contracts_contractline
                WHERE contract_id = NEW.id;
                IF total <> NEW.amount THEN
                    PERFORM contracts_refuse('contract_amount_is_sum', 'not the sum');
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def _frozen():
    """Content changes in a draft only; number and who entered it never.

    A contract in the books may get another owner (somebody leaves), and another
    customer when two customers are merged; a pending one neither.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        declare=[
            (
                "free",
                "text[] := '{version,changed_at,changed_by_id,edited_by_id,status,"
                "edition,completed_on,terminated_on,termination_reason_id,"
                "registration,registered_by_id,registered_at,return_reason,"
                "deleted_at,deleted_by_id,search_text,search_pinyin}'",
            )
        ],
        func="""
            IF NEW.number <> OLD.number OR NEW.entered_by_id <> OLD.entered_by_id
                OR (NEW.edition <> OLD.edition AND NEW.status = OLD.status) THEN
                PERFORM contracts_refuse('contract_frozen', 'origin never changes');
            END IF;
            IF NEW.status = OLD.status AND (
                NEW.completed_on IS DISTINCT FROM OLD.completed_on
                OR NEW.terminated_on IS DISTINCT FROM OLD.terminated_on
                OR NEW.termination_reason_id IS DISTINCT FROM OLD.termination_reason_id
            ) THEN
                PERFORM contracts_refuse('contract_frozen', 'the end never changes');
            END IF;
            IF OLD.status NOT IN ('draft', 'pending') THEN
                free := free || '{owner_id,reporter_id}'::text[];
                IF current_setting('crm.verb', true) = 'merged' THEN
                    free := free || '{customer_id,contact_id}'::text[];
                END IF;
            END IF;
            IF to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free THEN
                IF OLD.status <> 'draft' OR NEW.status <> 'draft' THEN
                    PERFORM contracts_refuse('contract_frozen', 'content is frozen');
                END IF;
                NEW.edited_by_id := coalesce(
                    nullif(current_setting('crm.actor', true), '')::bigint,
                    NEW.edited_by_id
                );
            END IF;
            RETURN NEW;
        """,
    )


def part_triggers():
    """Return the triggers of a table whose rows are content of a contract.

    They name it by `contract_id`.
    """
    return (_part_frozen(), _part_touches())


def _part_frozen():
    """Lines and files come, change and go in a draft only.

    The contract's row is locked, so that no line slips in beside a submission.
    """
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("stands", "text")],
        func="""
            IF TG_OP = 'UPDATE' AND NEW.contract_id <> OLD.contract_id THEN
                PERFORM contracts_refuse('contract_frozen', 'a part never moves');
            END IF;
            SELECT status INTO stands FROM contracts_contract
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id
                ELSE NEW.contract_id END
            FOR NO KEY UPDATE;
            IF stands <> 'draft' THEN
                PERFORM contracts_refuse('contract_frozen', 'content is frozen');
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


def _part_touches():
    """A changed line or file is a change of the contract, and somebody's edit."""
    return pgtrigger.Trigger(
        name="touches",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("actor", "bigint := nullif(current_setting('crm.actor', true), '')")],
        func="""
            UPDATE contracts_contract SET
                version = version + 1,
                changed_at = clock_timestamp(),
                changed_by_id = coalesce(actor, changed_by_id),
                edited_by_id = coalesce(actor, edited_by_id)
            WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id
                ELSE NEW.contract_id END;
            RETURN NULL;
        """,
    )


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
