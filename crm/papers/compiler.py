"""The process that sets papers: started for them, and able to do nothing else.

It is no module of the program but run by itself (`crm.papers.compiling`). A template is
code that somebody wrote on a page. Before the first line of it is read, the process has
opened all it needs – typst, the fonts – and gives up opening anything more, files and
connections alike; its memory and its time are limited by the kernel. Its root is an
empty directory, its environment is empty.

Asked by one JSON object on standard input: {"source", "prelude", "papers" (texts, each
the JSON of one paper's data), "fonts" (a directory), "seconds", "memory", "largest" (in
bytes)}. Answers with a frame for each paper: a sign (P or E), the length in eight
bytes, then the PDF or {"message", "line", "column"} as JSON. The first error ends it.
"""

import json
import re
import resource
import struct
import sys
from pathlib import Path

import typst

PLACE = re.compile(r"\.typ:(\d+):(\d+)")
#: Reads every font once, so that no file has to be opened afterwards.
WARM = """#let every(font) = text(font: font)[字 a *b* _c_ *_d_*]
#every("Noto Sans SC") #every("Noto Serif SC") #every("Libertinus Serif")
#every("New Computer Modern") #every("New Computer Modern Math")
#every("DejaVu Sans Mono") #text(font: "New Computer Modern Math")[$ a/b $]"""
HERE = Path.cwd()


def main():
    """Set the papers that are asked for."""
    asked, out = json.load(sys.stdin.buffer), sys.stdout.buffer
    compiler = _compiler(asked["fonts"])
    _give_up(asked["seconds"], asked["memory"])
    prelude = asked["prelude"]
    source = (prelude + asked["source"]).encode()
    for data in asked["papers"]:
        try:
            paper = compiler.compile(
                source, format="pdf", sys_inputs={"data": data}, pdf_tags=False
            )
        except typst.TypstError as error:
            _answer(out, b"E", _as_json(error, prelude.count("\n")))
            return
        if len(paper) > asked["largest"]:
            _answer(out, b"E", json.dumps({"message": "", "line": 0, "column": 0}))
            return
        _answer(out, b"P", paper)


def _compiler(fonts):
    here = str(HERE)
    found = typst.Fonts(include_system_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(
        b"",
        root=here,
        font_paths=found,
        ignore_system_fonts=True,
        package_path=here,
        package_cache_path=here,
    )
    compiler.compile(WARM.encode(), format="pdf")
    return compiler


def _give_up(seconds, memory):
    """Open nothing from now on, and take no more than so much time and memory."""
    for limit, most in (
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (most, most))
        except (OSError, ValueError):
            # macOS knows no limit of addresses; that nothing is opened it does know.
            if limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
                raise


def _as_json(error, before):
    """Return what the compiler said and where, lines counted from the template's own.

    What lies in the prelude is the template's doing, and has no line in it.
    """
    message = "; ".join([error.message, *error.hints]).replace(str(HERE), "")
    place = PLACE.search(error.diagnostic)
    line, column = map(int, place.groups()) if place else (0, 0)
    found = {"message": message, "line": max(line - before, 0), "column": column}
    return json.dumps(found)


def _answer(out, sign, content):
    content = content.encode() if isinstance(content, str) else content
    out.write(sign + struct.pack(">Q", len(content)))
    out.write(content)
    out.flush()


main()
