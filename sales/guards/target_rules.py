"""What PostgreSQL refuses of rules for targets."""

import pgtrigger

KEPT = ("metric", "day", "person", "unit")


def counted_alike():
    """Refuse to count another thing by a rule for which there are targets."""
    new, old = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name="counted_alike",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*KEPT),
        func=f"""
IF ({new}) IS DISTINCT FROM ({old})
    AND EXISTS (SELECT FROM sales_target WHERE rule_id = OLD.id) THEN
    RAISE EXCEPTION 'targets are set by this rule'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'target_rule_used';
END IF;
RETURN NEW;
""",
    )
