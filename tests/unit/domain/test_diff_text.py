"""Diffs that somebody wrote, as patches of the files as they are."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.diff_text import diff_in, patch_from
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.errors import Conflict

FILES = {
    "a.py": "one\ntwo\nthree\nfour\n",
    "run.sh": "#!/bin/sh\n-- old\necho\n",
    "crlf.txt": "one\r\ntwo\r\n",
    "end.txt": "one\ntwo",
}


def patched(diff: str) -> Patch:
    return patch_from(diff, FILES.get, lambda name: name == "run.sh")


def after(diff: str) -> dict[str, str | None]:
    return {one.name: one.after for one in patched(diff)}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("no diff here", ""),
        ("Sure!\n```diff\n--- a/x\n+++ b/x\n```\nDone.", "--- a/x\n+++ b/x\n"),
        ("~~~patch\n--- a/x\n~~~\n", "--- a/x\n"),
        ("I did:\ndiff --git a/x b/x\n--- a/x\n", "diff --git a/x b/x\n--- a/x\n"),
        ("```diff\n1\n```\nand\n```diff\n2\n```", "1\n2\n"),
        ("```python\nprint()\n```", ""),
    ],
)
def test_a_diff_is_found_in_an_answer(answer: str, expected: str) -> None:
    assert expected == diff_in(answer)


def test_a_usual_diff_is_done() -> None:
    diff = "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
    assert {"a.py": "one\n2\nthree\nfour\n"} == after(diff)


def test_wrong_numbers_do_no_harm_when_the_context_is_right() -> None:
    diff = "--- a.py\n+++ a.py\n@@ -90,7 +91,2 @@\n two\n-three\n+3\n four\n"
    assert {"a.py": "one\ntwo\n3\nfour\n"} == after(diff)


def test_files_are_made_and_removed() -> None:
    diff = (
        "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+x\n+y\n"
        "--- a/a.py\n+++ /dev/null\n@@ -1,4 +0,0 @@\n-one\n-two\n-three\n-four\n"
    )
    assert {"a.py": None, "new.py": "x\ny\n"} == after(diff)


def test_a_removed_line_may_look_like_a_heading() -> None:
    diff = "--- a/run.sh\n+++ b/run.sh\n@@ -1,3 +1,2 @@\n #!/bin/sh\n--- old\n echo\n"
    patch = patched(diff)
    assert [("#!/bin/sh\necho\n", True, True)] == [
        (one.after, one.was_executable, one.executable) for one in patch
    ]


def test_line_ends_stay() -> None:
    assert {"crlf.txt": "one\r\n2\r\n"} == after("--- a/crlf.txt\n+++ b/crlf.txt\n@@ -2 +2 @@\n-two\n+2\n")
    diff = "--- a/end.txt\n+++ b/end.txt\n@@ -1,2 +1,2 @@\n-one\n+1\n two\n\\ No newline at end of file\n"
    assert {"end.txt": "1\ntwo"} == after(diff)


@pytest.mark.parametrize(
    ("diff", "why"),
    [
        ("--- a/a.py\n+++ b/b.py\n@@ -1 +1 @@\n-one\n+1\n", "renames"),
        ("--- a/missing.py\n+++ b/missing.py\n@@ -1 +1 @@\n-one\n+1\n", "do not agree"),
        ("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+one\n", "do not agree"),
        ("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-nine\n+1\n", "fits nowhere"),
        (2 * "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-one\n+1\n", "names a file twice"),
        ("--- /dev/null\n+++ /dev/null\n", "names none"),
    ],
)
def test_what_does_not_fit_is_a_conflict(diff: str, why: str) -> None:
    with pytest.raises(Conflict, match=why):
        patched(diff)


def test_a_place_that_is_not_the_only_one_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="several places"):
        patch_from("--- a/x\n+++ b/x\n@@ -9 +9 @@\n-a\n+b\n", {"x": "a\nc\na\n"}.get, lambda name: False)


lines = st.lists(st.sampled_from(["a", "b", "", "-- c", "++ d", "@ e"]), min_size=1, max_size=8)


@given(lines, lines)
def test_our_own_diffs_are_read(old: list[str], new: list[str]) -> None:
    before, text = ("\n".join(part) + "\n" for part in (old, new))
    patch = Patch.of([changed_file("x", before, text)])
    assert patch == patch_from(patch.diff(), {"x": before}.get, lambda name: False)


@given(st.text("-+ @\\ab\n", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(Conflict):
        patch_from(diff_in(f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n{text}"), {"x": "a\nb\n"}.get, lambda name: False)
