"""A phone offers to put the product beside its other programs."""

import json
import struct

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import resolve
from whitenoise.media_types import MediaTypes

APP = settings.ROOT / "static" / "app"
MANIFEST = json.loads((APP / "manifest.webmanifest").read_text())


def test_the_manifest_is_named_on_every_page_and_sent_as_one(client, db):
    assert "app/manifest.webmanifest" in client.get("/login/").text
    assert finders.find("app/manifest.webmanifest")
    kind = MediaTypes(extra_types=settings.WHITENOISE_MIMETYPES).get_type(
        "manifest.webmanifest"
    )
    assert kind == "application/manifest+json"


@pytest.mark.parametrize("icon", MANIFEST["icons"], ids=lambda icon: icon["src"])
def test_icons_have_the_sizes_they_are_said_to_have(icon):
    head = (APP / icon["src"]).read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    assert f"{width}x{height}" == icon["sizes"]


@pytest.mark.parametrize("shortcut", MANIFEST["shortcuts"], ids=lambda s: s["url"])
def test_shortcuts_lead_to_pages(shortcut):
    assert resolve(shortcut["url"])
