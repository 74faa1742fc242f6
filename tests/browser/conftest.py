"""The other browsers that people come with: a phone, one without scripts."""

import pytest

from tests.conftest import visit

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@pytest.fixture
def phone(browser, live_server):
    """Return a page as wide as a telephone."""
    with visit(browser, live_server, **PHONE) as opened:
        yield opened


@pytest.fixture
def plain(browser, live_server):
    """Return a page of a browser that runs no scripts."""
    with visit(browser, live_server, java_script_enabled=False) as opened:
        yield opened
