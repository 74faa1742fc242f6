"""From where a request came, with a proxy in front."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.test import RequestFactory

from crm.middleware import ProxyMiddleware


def address(**sent):
    """Return what a view takes for the visitor's address."""
    answer = ProxyMiddleware(lambda request: request.META["REMOTE_ADDR"])
    return answer(RequestFactory(**sent).get("/"))


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("127.0.0.1, 203.0.113.7", "203.0.113.7"),  # the first was made up
        ("2001:db8::7", "2001:db8::7"),
        ("<script>", "10.0.0.10"),
        ("", "10.0.0.10"),
    ],
)
def test_the_proxy_says_who_comes(settings, said, believed):
    settings.CRM_PROXIES = ["10.0.0.10"]
    sent = {"REMOTE_ADDR": "10.0.0.10", "HTTP_X_FORWARDED_FOR": said}
    assert address(**sent) == believed


def test_nobody_else_is_believed(settings):
    settings.CRM_PROXIES = ["10.0.0.10"]
    sent = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    assert address(**sent) == "203.0.113.9"


def test_without_a_proxy_nothing_is_in_the_way():
    with pytest.raises(MiddlewareNotUsed):
        ProxyMiddleware(lambda request: None)
