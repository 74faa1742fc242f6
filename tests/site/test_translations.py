"""Every text of the program has its Chinese, and the compiled catalogue is the same.

The texts are collected from the sources by gettext's own tools; where these are
not installed, only the catalogue itself is looked at.
"""

import ast
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest

from tests.pages import our_apps

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
SOURCES = (*our_apps(), "templates")
#: A sign of half the width beside a Chinese one.
HALF = re.compile(r"[\u4e00-\u9fff）”」》][,:;?!](?=[\u4e00-\u9fff（“「《\s]|$)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: What is written there is looked for, or written for other programs.
PATTERNS = ("shapes.py", "headers.py", "passwords.py", "vcards.py")
#: Django's own list of words, and a moment as one types it.
AS_TYPED = {"是,否", "年-月-日 时:分"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def identity(entry):
    """Two texts are the same message if these are."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def collect(folder):
    """Return the catalogue that the sources ask for, made in an empty folder."""
    for source in SOURCES:
        shutil.copytree(
            ROOT / source,
            folder / source,
            ignore=shutil.ignore_patterns("migrations", "__pycache__", "*.json"),
        )
    (folder / "locale").mkdir()
    command = "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location"
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": Path(shutil.which("xgettext")).parent.as_posix()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return polib.pofile(folder / "locale/zh_Hans/LC_MESSAGES/django.po")


def texts_of(entry):
    """Return the Chinese of a message."""
    return [entry.msgstr, *entry.msgstr_plural.values()]


def texts_of_the_filters():
    """Return what django-filter says; its Chinese is filed as zh_CN and never read."""
    package = Path(find_spec("django_filters").origin).parent
    entries = polib.pofile(package / "locale/zh_CN/LC_MESSAGES/django.po")
    return {identity(entry) for entry in entries if not entry.obsolete}


@pytest.fixture(scope="module")
def catalogue():
    """The Chinese catalogue as it is kept in the sources."""
    return polib.pofile(CATALOGUE)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The identities of all texts that the sources hold."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed, so the sources cannot be searched")
    return set(map(identity, collect(tmp_path_factory.mktemp("texts"))))


def test_every_text_is_translated(catalogue, collected):
    missing = collected - set(map(identity, catalogue))
    assert sorted(map(str, missing)) == []


def test_signs_between_chinese_words_are_as_wide_as_they(catalogue):
    said = [text for entry in catalogue for text in texts_of(entry)]
    assert [one for one in said if HALF.search(one) and one not in AS_TYPED] == []


@pytest.mark.parametrize("name", ["README.md", "crm/deployment/README.md"])
def test_signs_of_what_is_read_before_installing_are_as_wide_too(name):
    whole = (ROOT / name).read_text()
    text = re.sub(r"```.*?```|`[^`\n]+`", "", whole, flags=re.DOTALL)
    chapter = text[re.search(r"^## 中文", text, re.MULTILINE).start() :]
    assert [line for line in chapter.splitlines() if HALF.search(line)] == []


def said_by(path):
    """Return the Chinese that a module writes itself, on a terminal above all."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    words = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = (n for n in nodes if isinstance(n, ast.Constant) and id(n) not in words)
    found = (n.value for n in texts if isinstance(n.value, str))
    return [text for text in found if CHINESE.search(text)]


def test_so_are_those_of_what_modules_say_themselves():
    modules = [path for app in our_apps() for path in (ROOT / app).rglob("*.py")]
    said = [
        (path.name, text)
        for path in (ROOT / "bootstrap.py", *modules)
        if path.name not in PATTERNS
        for text in said_by(path)
    ]
    assert [one for one in said if HALF.search(one[1])] == []


def test_nothing_else_is_kept_but_the_texts_of_the_filters(catalogue, collected):
    kept = set(map(identity, catalogue)) - collected
    assert kept - texts_of_the_filters() == set()


def test_texts_of_the_filters_are_translated(catalogue):
    assert texts_of_the_filters() - set(map(identity, catalogue)) == set()


def test_no_translation_is_empty_or_uncertain(catalogue):
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue if entry.obsolete] == []


def test_translations_keep_their_placeholders(catalogue):
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in [*entry.msgstr_plural.values()] or [entry.msgstr]:
            assert set(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_compiled_catalogue_is_the_same(catalogue):
    compiled = polib.mofile(CATALOGUE.with_suffix(".mo"))
    assert {
        identity(entry): (entry.msgstr, entry.msgstr_plural) for entry in compiled
    } == {identity(entry): (entry.msgstr, entry.msgstr_plural) for entry in catalogue}
