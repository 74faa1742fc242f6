"""The house keeps its own rules: names, references, triggers, addresses."""

import ast
import re
import tomllib
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, get_resolver, reverse

from crm.imports.declared import Import
from crm.kinds import every_permission, imported, is_business, kinds
from crm.models import Record
from crm.rights.permissions import permission
from crm.rights.roles import ACTION_LABELS
from system.imports.importers import importer_of
from tests.pages import our_apps, record_models

APPS = our_apps()
BAD_ROOMS = {"utils", "helpers", "common", "services", "constants", "util", "misc"}
#: Words that named several things at once, or nothing that a stranger looks for.
RETIRED = frozenset(
    ("told", "untold", "beside", "narration", "opening", "openings", "doors", "capital")
)
#: Words that say nothing of a thing by themselves: what is found, known, of what?
INCOMPLETE = frozenset(("found", "known", "of"))
#: What PostgreSQL stores under such a name: columns and triggers of installations.
STORED = frozenset(("told_at", "told_at_kept", "insight_told", "owner_told"))
MODELS = record_models()
OURS = [model for model in apps.get_models() if model._meta.app_label in APPS]


def name_of(model):
    """Name a model in the list of tests."""
    return model._meta.label


def test_every_app_has_its_floor():
    contracts = tomllib.loads((settings.ROOT / "pyproject.toml").read_text())
    linter = contracts["tool"]["importlinter"]
    (floors,) = [one for one in linter["contracts"] if one["id"] == "floors"]
    stand = [app for layer in floors["layers"] for app in layer.split(" | ")]
    assert sorted(APPS) == sorted(stand) == sorted(linter["root_packages"])


def test_no_room_has_a_name_that_says_nothing():
    rooms = [path for app in APPS for path in (settings.ROOT / app).rglob("*")]
    assert [room for room in rooms if room.stem in BAD_ROOMS] == []


def names_given(text):
    """Yield (line, name) of all that a module gives a name to."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def lasting_names(text):
    """Yield (line, name) of functions, classes and attributes: names for elsewhere."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(
                    line.target, ast.Name
                ):
                    yield line.lineno, line.target.id


def test_what_is_named_for_elsewhere_says_what_it_is():
    found = [
        f"{path.relative_to(settings.ROOT)}:{line}: {name}"
        for app in APPS
        for path in sorted((settings.ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
        for line, name in [(0, path.stem), *lasting_names(path.read_text())]
        if name in INCOMPLETE or (not line and name == "rows")
    ]
    assert found == []
    seen = "class One:\n    of: int\n    def known(self):\n        self.found = 1"
    assert {name for _line, name in lasting_names(seen)} >= INCOMPLETE


def is_retired(name):
    """Say whether a name is made with a word that is used no more."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
    return name not in STORED and not RETIRED.isdisjoint(words)


def test_nothing_bears_a_word_that_named_several_things():
    found = [
        f"{path.relative_to(settings.ROOT)}:{line}: {name}"
        for app in APPS
        for path in sorted((settings.ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
        for line, name in [(0, path.stem), *names_given(path.read_text())]
        if is_retired(name)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("told = 1", ["told"]),
        ("def f(told): pass", ["f", "told"]),
        ("class Beside: pass", ["Beside"]),
        ("self.is_beside = 1", ["is_beside"]),
        ("for told in rows: pass", ["told"]),
    ],
)
def test_such_a_word_is_seen_wherever_a_name_is_given(text, names):
    given = [name for _line, name in names_given(text)]
    assert given == names
    assert any(map(is_retired, given))


def test_a_line_of_a_template_can_be_read():
    lines = [
        (len(line), f"{path.name}:{number}")
        for path in (settings.ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
    ]
    assert [place for length, place in lines if length >= 300] == []


@pytest.mark.parametrize("kind", kinds(), ids=name_of)
def test_every_right_to_a_kind_has_a_name(kind):
    assert set(kind.actions) <= set(ACTION_LABELS)


def test_every_permission_that_the_code_names_exists():
    named = set()
    for view in _views():
        model, action = getattr(view, "model", None), getattr(view, "action", None)
        if isinstance(model, type) and action:
            named.add(permission(action, model))
    assert named - every_permission() == set()


def _views(resolver=None):
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _views(entry)
        elif hasattr(entry.callback, "view_class"):
            yield entry.callback.view_class


def test_every_kind_that_one_may_import_has_an_importer():
    labels = {kind._meta.label_lower: kind for kind in imported()}
    for label, kind in labels.items():
        assert importer_of(label).form_class._meta.model is kind


def test_what_an_app_declares_of_files_is_of_a_kind_that_comes_in_them():
    rooms = [f"{app}.imports" for app in APPS if app != "system"]
    declared = {
        name
        for room in filter(find_spec, rooms)
        for name, value in vars(import_module(room)).items()
        if isinstance(value, type) and issubclass(value, Import)
    } - {"Import"}
    assert {f"{kind.__name__}Import" for kind in imported()} >= declared
    assert len(declared) > 7


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_nothing_is_deleted_along_with_what_it_refers_to(model):
    for field in model._meta.concrete_fields:
        if field.is_relation and field.remote_field.on_delete is models.CASCADE:
            assert not issubclass(model, Record), field
            assert not getattr(model, "append_only", False), field


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_record_is_stamped_noted_and_never_deleted(model):
    names = {trigger.name for trigger in model._meta.triggers}
    assert {"stamped", "noted", "never_deleted"} <= names


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_record_has_its_five_pages(model):
    name = model._meta.model_name
    for suffix in ("list", "create"):
        assert reverse(f"{name}_{suffix}")
    for suffix in ("detail", "update", "delete"):
        assert reverse(f"{name}_{suffix}", args=[1])


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_record_can_be_exported(model):
    try:
        assert reverse(f"{model._meta.model_name}_export").endswith("/export/")
    except NoReverseMatch:
        pytest.fail("no export beside the list")


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_record_has_rights_of_its_own(model):
    assert is_business(model)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_record_checks_its_registration(model):
    names = " ".join(constraint.name for constraint in model._meta.constraints)
    for what in ("registration_known", "return_has_reason", "registration_signed"):
        assert what in names
