"""What the history tells of the background: what people do, not what the clock does."""

from crm.guards.triggers import noted


def noted_of_people(label, **options):
    """Write a history entry of what somebody does to a row, none of the clock's work.

    Twenty-four jobs a day, or the holidays of twenty years that a version brings, would
    bury what people have done.

    Args:
        label: the model as `app.model`.
        options: of `noted`.
    """
    trigger = noted(label, **options)
    trigger.func = (
        "IF nullif(current_setting('crm.actor', true), '') IS NULL THEN"
        f" RETURN NULL; END IF; {trigger.func}"
    )
    return trigger
