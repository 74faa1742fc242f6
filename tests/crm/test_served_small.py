"""Pages and what they need come small: compressed, and few."""

import gzip
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from crm.running.together import TOGETHER, TogetherStorage
from tests.factories import a_customer

SMALL = {"Accept-Encoding": "gzip"}


@pytest.mark.django_db
def test_a_page_is_compressed_for_who_can_read_it(zhang, sign_in):
    browser = sign_in(zhang)
    answer = browser.get("/customers/", headers=SMALL)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "客户" in gzip.decompress(answer.content).decode()
    assert len(answer.content) == int(answer.headers["Content-Length"])
    assert "Content-Encoding" not in browser.get("/customers/").headers


@pytest.mark.django_db
def test_the_same_page_has_another_length_each_time(sign_in, zhang):
    browser = sign_in(zhang)
    pages = [browser.get("/help/words/", headers=SMALL) for _time in range(9)]
    assert len({len(page.content) for page in pages}) > 1


@pytest.mark.django_db
def test_a_file_comes_as_it_is(zhang, sign_in):
    a_customer(zhang)
    answer = sign_in(zhang).get("/customers/export/?format=csv", headers=SMALL)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_what_every_page_needs_is_one_file(tmp_path):
    storage = TogetherStorage(location=tmp_path, base_url="/static/")
    static, paths = settings.ROOT / "static", {}
    files = {name for names in TOGETHER.values() for name in names}
    for folder in {str(Path(name).parent) for name in files}:
        shutil.copytree(static / folder, tmp_path / folder)
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        name = path.relative_to(tmp_path).as_posix()
        paths[name] = (storage, name)
    done = {name for name, _hashed, _is in storage.post_process(paths)}
    assert set(TOGETHER) <= done
    for together, names in TOGETHER.items():
        whole = (tmp_path / together).read_text()
        places = [whole.index((static / name).read_text()) for name in names]
        assert places == sorted(places)


def test_every_script_is_asked_for():
    templates = "".join(
        path.read_text() for path in (settings.ROOT / "templates").rglob("*.html")
    )
    asked = set(re.findall(r"static 'js/(\w+)\.js'", templates))
    scripts = {path.stem for path in (settings.ROOT / "static" / "js").glob("*.js")}
    own = filter(re.compile("js/").match, TOGETHER["js/together.js"])
    of_every_page = {Path(name).stem for name in own}
    assert asked | of_every_page == scripts
    assert not asked & of_every_page
