"""What a reviewer need not look for: smells that a program can tell (STYLE)."""

import ast
import re

import pytest
from django.conf import settings

from tests.pages import our_apps

#: A line of a template that fits no screen is read by nobody.
LONGEST_LINE = 300
MODULES = [
    path
    for app in our_apps()
    for path in sorted((settings.ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.*"))


#: Lines of a module; beyond, it holds several things, each with a name of its own.
LONGEST_MODULE = 315
#: Longer ones, and why they are one thing.
WHOLE = {
    "crm/settings.py": "settings are one file, read from above",
    "customers/models/customers.py": "the columns of one table, and their indexes",
}
#: Lines of a function beside its words; beyond, nobody holds it in mind.
LONGEST_FUNCTION = 40


def adds_nothing(node):
    """Say whether a class has no line beside its words and a single base.

    Two bases joined are a class of their own; an exception is named for what happened.
    """
    said = (ast.Expr, ast.Pass)
    is_empty = all(isinstance(line, said) for line in node.body)
    is_error = any(
        ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases
    )
    return is_empty and len(node.bases) == 1 and not is_error


def test_no_class_only_gives_another_a_name():
    found = [
        f"{path.relative_to(settings.ROOT)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and adds_nothing(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("class Mine(Theirs): 'Said.'", True),
        ("class Mine(Theirs): pass", True),
        ("class Mine(Theirs): size = 3", False),
        ("class Mine(Theirs, Others): 'Said.'", False),
        ("class Lost(Exception): 'Said.'", False),
        ("class Own: 'Said.'", False),
    ],
)
def test_such_a_class_is_known(text, nothing):
    (node,) = ast.parse(text).body
    assert adds_nothing(node) is nothing


#: What is not drawn, or translated as a whole with its own signs.
NOT_DRAWN = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}",
    re.DOTALL,
)
COLON = re.compile(r"(?:%}|}}|</b>): ")


def test_what_a_text_is_about_has_the_colon_of_its_language():
    found = [
        f"{path.relative_to(settings.ROOT)}: {COLON.search(text)[0]}"
        for path in TEMPLATES
        if COLON.search(text := NOT_DRAWN.sub("", path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ('{% translate "Leaver" %}: {{ name }}', True),
        ("<b>{{ label }}</b>: {{ value }}", True),
        ("{% comment %}{{ label }}: a word{% endcomment %}", False),
        ("{% blocktranslate %}{{ who }}: all{% endblocktranslate %}", False),
    ],
)
def test_such_a_colon_is_known(text, is_wrong):
    assert bool(COLON.search(NOT_DRAWN.sub("", text))) is is_wrong


def test_the_button_that_adds_a_row_is_drawn_in_one_place():
    drawn = [path.name for path in TEMPLATES if 'data-key="n"' in path.read_text()]
    assert drawn == ["add.html"]


def test_no_line_of_a_template_is_longer_than_is_read():
    found = [
        f"{path.relative_to(settings.ROOT)}:{number}: {len(line)}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert found == []
    assert TEMPLATES


def test_no_module_is_longer_than_is_read_at_once():
    lengths = {
        str(path.relative_to(settings.ROOT)): len(path.read_text().splitlines())
        for path in MODULES
    }
    longer = {name for name, length in lengths.items() if length > LONGEST_MODULE}
    assert longer == WHOLE.keys()


def lines_of(node):
    """Return how many lines a function has beside what is said of it."""
    first = node.body[0]
    said = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0
    return node.end_lineno - node.lineno + 1 - said


def test_no_function_is_longer_than_is_held_in_mind():
    found = [
        f"{path.relative_to(settings.ROOT)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and lines_of(node) > LONGEST_FUNCTION
    ]
    assert found == []


def test_the_words_of_a_function_are_not_counted():
    (node,) = ast.parse('def f():\n    """Said\n    so."""\n    return 1').body
    assert lines_of(node) == 2
