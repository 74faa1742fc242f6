"""No test of the browser believes its first look: the page may not have come yet."""

import ast

import pytest
from django.conf import settings

MODULES = sorted((settings.ROOT / "tests" / "browser").glob("*.py"))
#: What reads a page as it stands; `expect` and `tests.browser.actions.soon` wait.
READS = frozenset(
    [
        "all_inner_texts",
        "all_text_contents",
        "bounding_box",
        "content",
        "count",
        "evaluate",
        "evaluate_all",
        "get_attribute",
        "inner_html",
        "inner_text",
        "input_value",
        "is_checked",
        "is_enabled",
        "is_hidden",
        "is_visible",
        "text_content",
        "title",
    ]
)


def is_read(node):
    """Say whether an expression reads a page.

    Not what a model says, which begins with a capital letter, nor counting signs.
    """
    if isinstance(node, ast.Attribute) and node.attr == "url":
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    start = node.func
    while isinstance(start, ast.Attribute | ast.Call | ast.Subscript):
        start = start.func if isinstance(start, ast.Call) else start.value
    is_model = isinstance(start, ast.Name) and start.id[0].isupper()
    counts_signs = node.func.attr == "count" and node.args
    return node.func.attr in READS and not is_model and not counts_signs


def reads(node):
    """Say whether there is such an expression in a piece of code."""
    return any(map(is_read, ast.walk(node)))


def believed(tree):
    """Return the lines that assert what was read once, there or before."""
    found = []
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in functions:
        inside = list(ast.walk(function))
        noted = [n for n in inside if isinstance(n, ast.Assign) and reads(n.value)]
        names = {n.id for one in noted for n in ast.walk(one.targets[0]) if is_name(n)}
        for node in inside:
            if isinstance(node, ast.Assert):
                told = {n.id for n in ast.walk(node.test) if is_name(n)}
                if reads(node.test) or told & names:
                    found.append(node.lineno)
    return found


def is_name(node):
    """Say whether a piece of code is the name of a variable."""
    return isinstance(node, ast.Name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_page_is_believed_at_the_first_look(path):
    assert believed(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("assert rows.count() == 1", [2]),
        ("assert page.locator('h1').inner_text() == 'A'", [2]),
        ("assert page.url.endswith('/')", [2]),
        ("top = row.bounding_box()['y']\n  assert top < 4", [3]),
        ("soon(page, lambda: rows.count(), 1)", []),
        ("assert Customer.objects.count() == 1", []),
        ("assert text.count('a') == 1", []),
    ],
)
def test_a_first_look_would_be_noticed(code, lines):
    assert believed(ast.parse(f"def test(page):\n  {code}")) == lines
