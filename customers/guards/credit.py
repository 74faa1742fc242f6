"""Guards of a customer's credit: its grade and limit are set by those who may."""

import pgtrigger
from django.utils.translation import gettext_lazy as _

#: The columns.
CREDIT = ("credit_grade", "credit_limit")
LEFT = _("Grade and limit of credit are set by those who have the right to.")
_DIFFERS = " OR ".join(
    f"old ->> '{name}' IS DISTINCT FROM new ->> '{name}'"
    for name in ("credit_grade_id", "credit_limit")
)
#: What entries of the history may be called.
ACTS = {"assessed": f"op = 'UPDATE' AND ({_DIFFERS})"}


def credit_left():
    """Return the trigger that leaves grade and limit to those who may set them.

    The program itself does so, and whoever makes two customers one, takes an import
    back or lets an option take another one's place: what somebody had set stays.
    """
    return pgtrigger.Trigger(
        name="credit_left",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("credit_grade_id", "credit_limit"),
        declare=[
            (
                "actor",
                "bigint := nullif(current_setting('crm.actor', true), '')::bigint",
            ),
            ("verb", "text := coalesce(current_setting('crm.verb', true), '')"),
            ("grade", "bigint"),
            ("most", "numeric"),
        ],
        func="""
        IF TG_OP = 'UPDATE' THEN
            grade := OLD.credit_grade_id;
            most := OLD.credit_limit;
        END IF;
        IF actor IS NOT NULL
            AND (NEW.credit_grade_id, NEW.credit_limit) IS DISTINCT FROM (grade, most)
            AND verb NOT IN ('merged', 'unmerged', 'import_undone', 'replaced')
            AND NOT crm_holds(actor, 'customers.credit_customer') THEN
            PERFORM crm_refuse('customer_credit_right', 'no right to set credit');
        END IF;
        RETURN NEW;
        """,
    )
