"""A run as Markdown, read back by a Markdown reader."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskStatus, Verdict
from autonomous_cicd.services.markdown import to_markdown

OURS = {
    *("heading_open", "inline", "text", "table_open", "thead_open", "tbody_open", "tr_open", "th_open"),
    *("td_open", "code_inline", "fence", "paragraph_open", "bullet_list_open", "list_item_open"),
    *("strong_open", "html_block", "html_inline", "softbreak", "text_special"),
}
"""What a report is made of: anything else was made by the project."""
TAGS = {"<code>", "</code>", "</details>"}


READER = MarkdownIt("commonmark").enable("table")


def tokens(run: Run) -> list[Token]:
    """Return what a page makes of the report of a run."""
    return [part for token in READER.parse(to_markdown(run)) for part in (token, *(token.children or ()))]


def rows(whole: list[Token]) -> list[list[str]]:
    """Return the cells of the tables, as a page shows them."""
    found: list[list[str]] = []
    for token, following in pairwise(whole):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("td_open", "th_open"):
            found[-1].append(shown(following))
    return found


def shown(inline: Token) -> str:
    texts = (html.unescape(child.content) for child in inline.children or () if child.type != "html_inline")
    return "".join(texts)


def addressable(whole: list[Token]) -> str:
    """Return the text in which a page would look for mentions, references and links."""
    found, code = [], False
    for token in whole:
        if token.type == "html_inline":
            code = token.content == "<code>"
        elif token.type in ("text", "text_special") and not code:
            found.append(token.content)
    return "".join(found)


def test_a_report_to_read() -> None:
    run = a_run(
        a_result("install_dependencies", seconds=1.0),
        a_result(
            "testing (pytest)", TaskStatus.FAILED, seconds=2.0, reason="exit code 1", excerpt=("a", " b")
        ),
        a_result("soft", TaskStatus.FAILED, seconds=0.1, reason="step 'x' failed: y", optional=True),
        a_result("old", cached=True, reason="unchanged since it passed in 0.5 s"),
        gates=(
            GateResult(
                name="test_coverage", verdict=Verdict.FAILED, value=70.0, threshold=80.0, detail="of x"
            ),
        ),
        skipped=(Skipped("windows", "runs on Windows (windows-latest), and this is Linux"),),
    )
    assert """\
## Failed in 12.3 s: 1 passed, 1 failed, 1 failed (optional), 1 cached

| task | | seconds | |
| --- | --- | ---: | --- |
| `install_dependencies` | passed | 1.0 |  |
| `testing (pytest)` | **failed** | 2.0 | exit code 1 |
| `soft` | failed (optional) | 0.1 | step 'x' failed: y |
| `old` | cached | 0.0 |  |

`testing (pytest)`

```text
a
 b
```

| gate | | measured | threshold | |
| --- | --- | ---: | ---: | --- |
| `test_coverage` | **failed** | 70 | 80 | of x |

<details><summary>1 left out</summary>

- `windows`: runs on Windows (windows-latest), and this is Linux

</details>
""" == to_markdown(run)


def test_a_run_without_anything() -> None:
    run = a_run(status=RunStatus.CANCELLED, reason="interrupted")
    assert "## Cancelled in 12.3 s: nothing to do\n\ninterrupted\n" == to_markdown(run)


HOSTILE = [
    EVIL,
    "a | b",
    "a \\| b",
    "a \\\\| b",
    "`",
    "``` `` `",
    "\\`x\\`",
    "<script>alert(1)</script>",
    "<!-- a",
    "</code><img src=x>",
    "</details>",
    "@everyone",
    "me@example.org",
    "fixes #1, GH-1",
    "https://evil.example www.evil.example",
    "![x](https://evil.example/y.png)",
    "[a]: https://evil.example",
    "line\n\n# heading\n\n- item",
    "&lt;b&gt; &#64;all &amp;",
    "*a* _b_ ~~c~~ __d__",
    "$x$ :smile:",
    "***",
    "1. one",
    "1) one",
    "- one",
    "a: b\n---",
    "see: GH-1, a-1",
    "    indented",
    " ",
]


def everywhere(text: str) -> Run:
    """Return a run in which a text stands wherever a project can write."""
    return a_run(
        a_result(text, TaskStatus.FAILED, reason=text, excerpt=tuple(text.split("\n"))),
        a_result(f"{text}2", reason=text, skipped=(Skipped(text, text),)),
        gates=(GateResult(name=text, verdict=Verdict.FAILED, value=text, threshold=text, detail=text),),
        skipped=(Skipped(text, text),),
        reason=text,
    )


def check(text: str) -> None:
    whole = tokens(everywhere(text))
    assert OURS >= {token.type for token in whole if token.nesting >= 0}
    blocks = [token.content.strip() for token in whole if token.type == "html_block"]
    assert ["<details><summary>2 left out</summary>", "</details>"] == blocks
    assert TAGS >= {token.content for token in whole if token.type == "html_inline"}
    assert not re.search(r"[@#<\[]|://|www\.|GH-\d", addressable(whole))
    assert [4, 4, 4, 5, 5] == [len(row) for row in rows(whole)], "no cell is broken"


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_project_wrote_is_only_text(text: str) -> None:
    check(text)


@settings(max_examples=60)
@given(st.text(alphabet="`|\\<>@#&;*_[]()!-~ \n\tax1.:/", max_size=30))
def test_no_text_is_anything_but_text(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", ["a | b", "`tick`", "a \\| b", "<b>", "back\\slash", "ünïcode | x"])
def test_names_are_shown_as_they_are(text: str) -> None:
    assert text == rows(tokens(a_run(a_result(text))))[1][0]


@pytest.mark.parametrize("line", ["```", "~~~", "````text", "    ```", "</details>", "`````` `"])
def test_lines_of_a_log_stay_in_their_block(line: str) -> None:
    task = a_result("a", TaskStatus.FAILED, excerpt=("before", line, "after"))
    fences = [token.content for token in tokens(a_run(task)) if token.type == "fence"]
    assert [f"before\n{line}\nafter\n"] == fences


def test_a_large_run_fits_a_summary() -> None:
    tasks = [
        *(a_result(f"ok {n}") for n in range(1000)),
        *(a_result(f"bad {n}", TaskStatus.FAILED, excerpt=("x" * 300,) * 15) for n in range(500)),
    ]
    skipped = tuple(Skipped(f"job {n}", "r" * 300) for n in range(1000))
    run = a_run(*tasks, skipped=skipped)
    text = to_markdown(run)
    assert len(text) < 1024 * 1024
    first = text[text.index("| --- |") :].splitlines()[1]
    assert first.startswith("| `bad 0` |"), "what failed comes first where not all of it is shown"
    assert "| and 1200 more | 200 failed, 1000 passed | | |" in text
    assert "- and 800 more" in text
    assert 20 == text.count("```text")
