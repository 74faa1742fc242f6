"""Setting papers: data stays text, a template can do nothing but set."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.papers import compiling
from crm.papers.compiling import Refused, pdf_of, pdfs_of
from crm.papers.paper import fact, plain, table
from tests.papers import text_of

#: What typst, JSON and PDF take for something, among what people write.
SIGNS = st.text("#$@\\\"'*_`<>=[](){}~/-+;:%^&|0aZ中文价", max_size=30)


def of(text, **more):
    """Return the data of a paper on which one text stands."""
    company = {"name": "公司", "lines": [], "logo": ""}
    words = {"page": "第 {page} 页 共 {pages} 页", "signature": "签"}
    head = {"title": "题", "subtitle": "", "watermark": "", "printed": "", "lang": "zh"}
    return plain({**head, "company": company, "words": words, "text": text, **more})


@settings(max_examples=3)
@given(st.lists(SIGNS, min_size=20, max_size=20))
def test_whatever_stands_in_data_comes_out_as_text(texts):
    rows = [[f"〔{text}〕", text] for text in texts]
    data = of(
        "",
        facts=[fact("a", text, f"《{text}》", wide=True) for text in texts],
        table=table("", [("甲", False), ("乙", True)], rows),
    )
    source = "#show: sheet\n#facts(data.facts)\n#lines(data.table)"
    said = text_of(pdf_of(source, data)).replace("\u200b", "")
    for text in texts:
        bare = "".join(text.split())
        assert f"《{bare}》" in said
        assert f"〔{bare}〕" in said


def test_rare_signs_and_long_texts_are_set():
    rare = "😀👨‍👩‍👧 𠮷𪚥 عربي \u202eabc\u202c \x01 1\n2"
    source = "#show: sheet\n#multiline(data.text)"
    short, long = pdfs_of(source, [of(rare), of("很长的条款。" * 120_000)])
    assert "abc" in text_of(short)
    assert long.count(b"/Type/Page/") > 100


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/hostname")',
        '#read("../../etc/hostname")',
        '#image("/etc/hostname")',
        '#import "@preview/cetz:0.3.0": *',
        '#eval("read(\\"/etc/passwd\\")")',
        "#let x = (",
    ],
)
def test_a_template_reaches_nothing_and_is_told_where_it_fails(source):
    with pytest.raises(Refused) as refused:
        pdf_of(f"#show: sheet\n{source}", of(""))
    assert refused.value.message
    assert refused.value.line == 2


@pytest.mark.parametrize(
    "source",
    [
        "#for a in range(9999) { for b in range(9999) { for c in range(9999) {} } }",
        '#let s = "s"\n#for i in range(60) { s = s + s }',
    ],
)
def test_a_template_without_end_is_ended(source, monkeypatch):
    monkeypatch.setattr(compiling, "SECONDS", 1)
    monkeypatch.setattr(compiling, "MEMORY", 600 * 1024 * 1024)
    with pytest.raises(Refused) as refused:
        pdf_of(source, of(""))
    assert refused.value.message == ""


def test_a_process_that_sets_opens_nothing(tmp_path):
    spy = tmp_path / "spy.py"
    spy.write_text(
        compiling.COMPILER.read_text().replace("\nmain()\n", "\nimport socket\n")
        + f"_compiler({str(compiling.FONTS)!r})\n_give_up(5, {compiling.MEMORY})\n"
        "for act in (lambda: open('/etc/hostname'), socket.socket):\n"
        "    try: act()\n"
        "    except OSError as error: print(error.strerror)\n"
    )
    called = [sys.executable, "-I", str(spy)]
    done = subprocess.run(called, stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().splitlines() == ["Too many open files"] * 2
