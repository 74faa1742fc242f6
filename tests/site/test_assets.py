"""What the browser is sent: nothing from elsewhere, nothing inline, nothing altered."""

import hashlib
import json
import re

import pytest
from django.conf import settings

from crm.navigation import MENU

STATIC = settings.ROOT / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.html"))
OWN = sorted(
    path
    for folder in ("css", "js")
    for path in (STATIC / folder).rglob("*")
    if path.suffix in {".css", ".js", ".svg"}
)
#: The name of the format, not an address that anything asks for.
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
FOREIGN = re.compile(r"https?://|[\"'(=]\s*//\w", re.IGNORECASE)
INLINE = {
    "script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "handler": re.compile(r"\son[a-z]+\s*=|\shx-on\b", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
}


def of_house(path):
    """Name a file by its place in the house."""
    return str(path.relative_to(settings.ROOT))


def digest(name):
    """Return the SHA-256 of a vendored file."""
    return hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()


def test_vendored_files_are_the_ones_that_were_fetched():
    noted = json.loads((VENDOR / "HASHES.json").read_text())
    assert noted == {name: digest(name) for name in noted}


def test_every_vendored_file_is_noted():
    noted = json.loads((VENDOR / "HASHES.json").read_text())
    files = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*") if p.is_file()}
    assert files - {"HASHES.json", "package.json"} == set(noted)


def test_versions_are_exact():
    wanted = json.loads((VENDOR / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_vendored_files_name_no_missing_source_map():
    texts = [p.read_bytes() for p in VENDOR.rglob("*.*") if p.suffix in {".js", ".css"}]
    assert texts
    assert not any(b"sourceMappingURL" in text for text in texts)


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=of_house)
def test_no_file_names_a_foreign_host(path):
    text = path.read_text().replace(SVG_NAMESPACE, "")
    assert not FOREIGN.findall(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=of_house)
def test_no_template_has_anything_inline(path):
    text = path.read_text()
    assert [what for what, sign in INLINE.items() if sign.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=of_house)
def test_every_include_says_what_it_hands_over(path):
    includes = re.findall(r"\{% include .*?%\}", path.read_text())
    assert [tag for tag in includes if not tag.endswith(" only %}")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=of_house)
def test_every_template_states_its_context(path):
    head = path.read_text()[:1500]
    assert re.search(r"\{% comment %\}.*?\bContext:.*?\{% endcomment %\}", head, re.S)


def test_every_icon_in_use_is_in_the_sprite():
    sprite = (VENDOR / "icons" / "sprite.svg").read_text()
    known = set(re.findall(r'<symbol id="tabler-([\w-]+)"', sprite))
    used = {group.icon for group in MENU}
    for path in TEMPLATES:
        used |= set(re.findall(r'\{% icon "([\w-]+)"', path.read_text()))
    assert used - known == set()


@pytest.mark.parametrize("path", [p for p in OWN if p.suffix == ".js"], ids=of_house)
def test_no_script_has_a_way_to_run_text(path):
    script = path.read_text()
    assert not re.search(r"\beval\(|new Function|document\.write", script)
