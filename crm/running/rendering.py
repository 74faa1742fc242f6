"""What a migration sees of the models, kept up without rendering all of them anew.

Django renders every model related to one that changes, and here all are related: that
was nine tenths of the time in which a new database was made. Some changes need none of
it. Of indexes, constraints and triggers only the lists change; a new model leaves the
older ones as they are, and puts into them itself what leads back to it.

As wherever Django puts off a rendering (`ProjectState.is_delayed`), code that
migrations run on rows, and whatever listens to their end, get models rendered anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db.migrations import operations
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

#: What changes a list of `Meta` and nothing else.
OF_LISTS = (
    operations.AddIndex,
    operations.RemoveIndex,
    operations.AddConstraint,
    operations.RemoveConstraint,
    AddTrigger,
    RemoveTrigger,
)
LISTS = ("indexes", "constraints")  # triggers, `_meta` does not know


@contextmanager
def sparing_models() -> Iterator[None]:
    """Let the operations of migrations render only what they change, in the block."""
    ways = dict.fromkeys(OF_LISTS, _exchange_lists)
    ways[operations.CreateModel] = _render_alone
    theirs = {kind: kind.state_forwards for kind in ways}
    # The state itself stays Django's own; what is rendered of it comes about otherwise.
    for kind, follow in ways.items():
        kind.state_forwards = _following(theirs[kind], follow)
    try:
        yield
    finally:
        for kind, forwards in theirs.items():
            kind.state_forwards = forwards


def _following(forwards: Callable, follow: Callable) -> Callable:
    """Return `state_forwards` that lets the rendered models follow in a way of ours."""

    def state_forwards(operation, app_label, state):
        state.reload_model = lambda *_model, **_how: None
        try:
            forwards(operation, app_label, state)
        finally:
            del state.reload_model
        if "apps" in state.__dict__:  # asking for it would render all
            state.is_delayed = True
            follow(operation, app_label, state)

    return state_forwards


def _exchange_lists(operation, app_label: str, state: ProjectState) -> None:
    name = operation.model_name.lower()
    options = state.models[app_label, name].options
    meta = state.apps.get_model(app_label, name)._meta
    for which in LISTS:
        setattr(meta, which, list(options.get(which, ())))


def _render_alone(operation, app_label: str, state: ProjectState) -> None:
    state.apps.render_multiple([state.models[app_label, operation.name_lower]])
