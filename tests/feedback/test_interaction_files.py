"""Files kept with interactions and news: who adds, who reads."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import a_customer, a_news_item, an_interaction

pytestmark = pytest.mark.django_db


def upload(browser, record):
    """Send a small text file to a record."""
    name = f"{record._meta.model_name}_attachment_list"
    file = SimpleUploadedFile("会议纪要.txt", "客户希望年内上线".encode())
    return browser.post(reverse(name, args=[record.pk]), {"file": file})


def address(record):
    """Return where the first file of a record is found."""
    name = f"{record._meta.model_name}_attachment"
    return reverse(name, args=[record.pk, record.attachments.get().pk])


def test_a_file_is_read_by_whoever_sees_the_interaction(zhang, wang, chen, sign_in):
    interaction = an_interaction(a_customer(zhang))
    assert upload(sign_in(zhang), interaction).status_code == 302
    for person, status in ((zhang, 200), (chen, 200), (wang, 404)):
        answer = sign_in(person).get(address(interaction))
        assert answer.status_code == status
    assert upload(sign_in(chen), interaction).status_code == 404


def test_a_file_of_news_is_read_once_the_news_is_registered(zhang, chen, lina, sign_in):
    news = a_news_item(chen, registered=False)
    assert upload(sign_in(chen), news).status_code == 302
    assert sign_in(zhang).get(address(news)).status_code == 404
    news.register(lina)
    answer = sign_in(zhang).get(address(news))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert upload(sign_in(zhang), news).status_code == 403
