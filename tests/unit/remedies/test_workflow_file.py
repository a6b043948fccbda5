"""Workflow files that the host refuses are put right in one place, and nothing else of them changes."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription
from autonomous_cicd.remedies.workflow_file import WorkflowFile

NAME = ".github/workflows/ci.yml"
SINGLE = """name: CI
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - name: Install
        run: |
          pip install -e .
      - name: Test
        run: |
          pytest -q
"""
MATRIX = """on:
  push:
jobs:
    build:
        strategy:
            matrix:
                os: [ubuntu-22.04, windows-latest]
                python: ["3.9", "3.10", "3.12"]
        runs-on: ${{ matrix.os }}
        env:
            CI_LEVEL: full   # as the makefile wants it
        steps:
        -   uses: actions/checkout@v4
        -   uses: actions/setup-python@v5
            with: {python-version: "${{ matrix.python }}"}
        -   run: make check
            id: check
        -   uses: actions/upload-artifact@v4
            with:
                name: report-${{ matrix.os }}-${{ matrix.python }}
                path: report
    publish:
        needs: [build]
        runs-on: ubuntu-24.04
        steps:
        -   uses: actions/download-artifact@v4
        -   run: echo "version=$(cat report/version)" >> "$GITHUB_OUTPUT"
            id: v
        -   run: echo ${{ steps.v.outputs.version }}
"""
LAYOUTS = {"single": SINGLE, "matrix": MATRIX}


def repaired(
    bad: str, before: str = "", more: dict[str, str] | None = None, line: int = 0
) -> list[Prescription]:
    """Return what is prescribed for a workflow file, with or without a history."""
    patches = (Patch.of([changed_file(NAME, before, bad)]),) if before else ()
    failure = failure_of(
        f"{NAME}: is refused", Category.CONFIGURATION, place=Place(file=NAME, line=line), files=(NAME,)
    )
    bench = FakeBench(past=FakePast(patches))
    return prescribed(WorkflowFile(), case_of({NAME: bad, **(more or {})}, "", failure, bench))


def text_of(found: list[Prescription], bad: str) -> str:
    (edit,) = found
    assert isinstance(edit, Edit)
    assert (NAME,) == edit.patch.files
    return edited({NAME: bad}, edit)[NAME]


@pytest.mark.parametrize(
    ("layout", "good", "bad"),
    [
        ("single", "    steps:", "\tsteps:"),
        ("single", "        run: |\n          pytest", "       run: |\n          pytest"),
        ("single", "        run: |\n          pytest", "         run: |\n          pytest"),
        ("single", "runs-on: ubuntu", "runs-on:ubuntu"),
        ("single", "jobs:", "jobs"),
        ("single", "      - name: Test", "      -name: Test"),
        ("single", "      - name: Test", "     - name: Test"),
        ("single", "    steps:", "    step:"),
        ("single", "    runs-on", "    run-on"),
        ("single", "timeout-minutes", "timeout_minutes"),
        ("single", "pull_request]", "pull_request"),
        ("single", "        with:\n          python", "        with:\n        python"),
        ("single", "\non: [", "\nOn: ["),
        ("single", "name: Test", "name: Test\n        name: Test"),
        ("single", "uses: actions/checkout", "uses actions/checkout"),
        ("single", '"3.11"', '"3.11'),
        ("single", '"3.11"', "3.11.0.1"),
        ("single", "on: [push, pull_request]", "on: [pushes, pull_request]"),
        ("single", "on: [push, pull_request]", "on: [push, pull-request]"),
        ("matrix", "on:\n  push:\n", "on:\n  pish:\n"),
        ("matrix", "needs: [build]", "needs: [biuld]"),
        ("matrix", "needs: [build]", "needs: [build, bulid]"),
        ("matrix", "jobs:\n", "jobs\n"),
        ("matrix", "runs-on: ${{ matrix.os }}", "runs-on: ${{ matrix.os }"),
        ("matrix", "            CI_LEVEL", "\t\t\tCI_LEVEL"),
        ("matrix", "os: [ubuntu-22.04, windows-latest]", "os: [ubuntu-22.04, windows-latest"),
        ("matrix", "            id: check", "          id: check"),
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["with history", "without"])
def test_a_broken_line_is_put_right(layout: str, good: str, bad: str, known: bool) -> None:
    healthy = LAYOUTS[layout]
    assert good in healthy
    broken = healthy.replace(good, bad, 1)
    expected = healthy.replace("needs: [build]", "needs: [build, build]") if "build, b" in bad else healthy
    if "3.11.0.1" in bad:
        expected = healthy if known else broken.replace("3.11.0.1", '"3.11"')
    assert expected == text_of(repaired(broken, healthy if known else ""), broken)


@pytest.mark.parametrize(
    ("layout", "good", "bad"),
    [
        ("single", "    runs-on: ubuntu-latest\n", ""),
        ("single", "on: [push, pull_request]\n", ""),
        ("single", "        run: |\n          pytest -q\n", ""),
        ("matrix", "        runs-on: ubuntu-24.04\n", "        runs_on_a: ubuntu-24.04\n"),
    ],
)
def test_what_cannot_be_guessed_is_taken_from_the_history(layout: str, good: str, bad: str) -> None:
    healthy = LAYOUTS[layout]
    broken = healthy.replace(good, bad, 1).replace("pip install -e .", "pip install -e .[dev]")
    expected = healthy.replace("pip install -e .", "pip install -e .[dev]")
    assert expected == text_of(repaired(broken, healthy), broken)


@pytest.mark.parametrize("layout", ["single", "matrix"])
def test_a_step_does_one_thing(layout: str) -> None:
    healthy = LAYOUTS[layout]
    script = {"single": "        run: |\n          pytest", "matrix": "        -   run: make check"}[layout]
    lead = script.replace("-   run", "    run").partition("run")[0]
    stray = f"{script.partition('run')[0]}uses: actions/checkout@v4\n{lead}run{script.partition('run')[2]}"
    broken = healthy.replace(script, stray)
    only = healthy if layout == "single" else broken.replace(lead + "run", script.partition("run")[0] + "run")
    assert only == text_of(repaired(broken, healthy), broken)
    # Its dash got lost: what is used nowhere else stays.
    other = healthy.replace(script, stray.replace("checkout@v4", "setup-node@v4"))
    tail, dash = script.partition("run")[2], "      - " if layout == "single" else "        -   "
    expected = other.replace(f"{lead}run{tail}", f"{dash}run{tail}")
    for known in (healthy, ""):
        assert expected == text_of(repaired(other, known), other)


@pytest.mark.parametrize("key", ["branchs: [main]", "branch: [main]", "tag: [v1]", "path: [a]"])
def test_a_filter_is_spelt_as_it_has_to_be(key: str) -> None:
    broken = MATRIX.replace("  push:\n", f"  push:\n    {key}\n")
    right = {"branchs": "branches", "branch": "", "tag": "tags", "path": "paths"}[key.partition(":")[0]]
    found = repaired(broken)
    if right:
        assert broken.replace(key.partition(":")[0] + ":", f"{right}:", 1) == text_of(found, broken)
    else:
        assert [] == found


@pytest.mark.parametrize(
    "more", ["", "    news:\n        runs-on: ubuntu-24.04\n        steps: [{run: make news}]\n"]
)
def test_a_job_is_needed_by_the_name_that_it_has_now(more: str) -> None:
    broken = MATRIX.replace("    build:\n", f"{more}    compile:\n")
    assert broken.replace("[build]", "[compile]") == text_of(repaired(broken, MATRIX), broken)
    gone = broken.replace("    compile:\n", "    compile:\n        if: always()\n").replace(
        "make check", "make all"
    )
    if more:  # which of two new jobs is it?
        assert gone.replace("[build]", "[compile]") != text_of(repaired(gone, MATRIX), gone)


@pytest.mark.parametrize(
    ("layout", "now", "then"),
    [
        ("single", "ubuntu-latest", {"ubuntu-20.04": "ubuntu-22.04", "macos-12": "macos-15"}),
        ("single", "ubuntu-latest", {"ubuntu-lastest": "ubuntu-latest", "windows-2019": "windows-2022"}),
        ("matrix", "os: [ubuntu-22.04,", {"os: [ubuntu-20.04,": "os: [ubuntu-22.04,"}),
        (
            "matrix",
            "ubuntu-22.04, win",
            {"ubuntu-22.04, ubuntu-20.04, win": "ubuntu-22.04, ubuntu-24.04, win"},
        ),
        ("matrix", "ubuntu-24.04", {"ubuntu-18.04": "ubuntu-22.04"}),
        ("single", '"3.11"', {"3.10": '"3.10"', "3.1": '"3.10"', '"3,11"': '"3.11"'}),
        ("matrix", '["3.9", "3.10", "3.12"]', {'[3.9, 3.10, "3.12"]': '["3.9", "3.10", "3.12"]'}),
        ("single", "actions/checkout@v4", {"actions/cache@v2": "actions/cache@v4"}),
        ("matrix", "upload-artifact@v4", {"upload-artifact@v3.1.2": "upload-artifact@v4"}),
        ("matrix", "download-artifact@v4", {"download-artifact@v1": "download-artifact@v4"}),
        (
            "single",
            "pytest -q",
            {'echo "::set-output name=tag::v1"': 'echo "tag=v1" >> "$GITHUB_OUTPUT"'},
        ),
        (
            "matrix",
            "make check",
            {"echo ::set-output name=n::$(nproc)": 'echo n=$(nproc) >> "$GITHUB_OUTPUT"'},
        ),
        ("matrix", "make check", {'echo "::add-path::$HOME/bin"': 'echo "$HOME/bin" >> "$GITHUB_PATH"'}),
    ],
)
def test_what_was_retired_is_replaced(layout: str, now: str, then: dict[str, str]) -> None:
    healthy = LAYOUTS[layout]
    assert now in healthy
    for bad, good in then.items():
        broken = healthy.replace(now, bad, 1)
        assert healthy.replace(now, good, 1) == text_of(repaired(broken), broken)


def test_carriage_returns_stay() -> None:
    healthy = SINGLE.replace("\n", "\r\n")
    for good, bad in (("ubuntu-latest", "ubuntu-20.04"), ("jobs:", "jobs"), ('"3.11"', "3.10")):
        broken = healthy.replace(good, bad, 1)
        new = text_of(repaired(broken), broken)
        assert new.count("\r\n") == new.count("\n") == healthy.count("\n")


def test_all_places_of_a_fault_are_repaired_at_once() -> None:
    broken = MATRIX.replace("artifact@v4", "artifact@v3")
    assert MATRIX == text_of(repaired(broken), broken)


def test_an_upload_of_each_leg_gets_a_name_of_its_own_and_its_hidden_files() -> None:
    broken = MATRIX.replace("artifact@v4", "artifact@v3")
    broken = broken.replace("report-${{ matrix.os }}-${{ matrix.python }}", "report").replace(
        "path: report", "path: .coverage.*"
    )
    broken = broken.replace(
        "download-artifact@v3\n", "download-artifact@v3\n            with:\n                name: report\n"
    )
    new = text_of(repaired(broken), broken)
    assert "name: report-${{ strategy.job-index }}\n" in new
    assert "path: .coverage.*\n                include-hidden-files: true\n" in new
    assert "pattern: report-*\n                merge-multiple: true\n" in new


def test_a_right_is_granted_to_the_job_that_needs_it_and_to_no_other() -> None:
    one = SINGLE.replace("pytest -q", "gh release create v1 dist/*")
    assert one.replace("contents: read", "contents: write") == text_of(repaired(one), one)
    two = (
        SINGLE
        + "  tag:\n    needs: test\n    runs-on: ubuntu-latest\n    steps:\n      - run: git push --tags\n"
    )
    granted = two.replace(
        "    steps:\n      - run: git push",
        "    permissions:\n      contents: write\n    steps:\n      - run: git push",
    )
    assert granted == text_of(repaired(two), two)
    own = SINGLE.replace("    timeout", "    permissions: {}\n    timeout").replace(
        "pytest -q", "gh pr comment 1 -b x"
    )
    assert own.replace("permissions: {}", "permissions:\n      pull-requests: write") == text_of(
        repaired(own), own
    )


@pytest.mark.parametrize(
    "script",
    ["gh release create v1 --help", "git push --dry-run", "echo done", "# git push"],
)
def test_a_right_that_is_not_needed_is_not_granted(script: str) -> None:
    assert [] == repaired(SINGLE.replace("pytest -q", script))


def test_a_token_of_the_projects_own_needs_no_right() -> None:
    text = SINGLE.replace(
        "      - name: Test\n", "      - name: Test\n        env: {GH_TOKEN: '${{ secrets.BOT }}'}\n"
    )
    assert [] == repaired(text.replace("pytest -q", "gh release create v1"))


def test_a_version_is_taken_that_the_project_supports() -> None:
    broken = SINGLE.replace('"3.11"', '"3.6"')
    manifest = {"pyproject.toml": '[project]\nrequires-python = ">=3.11"\n'}
    assert '"3.11"' in text_of(repaired(broken, more=manifest), broken)
    only_old = {"pyproject.toml": '[project]\nrequires-python = "<3.8"\n'}
    assert all(isinstance(one, Escalate) for one in repaired(broken, more=only_old))


@pytest.mark.parametrize(
    "bad",
    [
        SINGLE.replace("pytest -q", 'x="${x//$A/%0A}"; echo "::set-output name=x::$x"'),
        SINGLE.replace("actions/checkout@v4", "actions/create-release@v1"),
        SINGLE + "      - uses: actions/create-release@v1\n        with: {tag_name: v1, owner: me}\n",
        SINGLE.replace("pytest -q", "pytest -q | sed 's/^/::set-output name=x::/'"),
    ],
)
def test_what_is_not_mechanical_goes_to_a_person(bad: str) -> None:
    assert not [one for one in repaired(bad) if isinstance(one, Edit)]


RELEASE = """on: {push: {tags: ["v*"]}}
jobs:
  release:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/create-release@v1
        id: made
        env:
          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
        with:
          tag_name: ${{ github.ref }}
          release_name: Release ${{ github.ref }}
          draft: false
      - uses: actions/upload-release-asset@v1
        with:
          upload_url: ${{ steps.made.outputs.upload_url }}
          asset_path: dist/a.zip
          asset_name: a.zip
          asset_content_type: application/zip
"""


def test_a_release_is_made_by_the_successor_with_the_right_that_it_needs() -> None:
    expected = """on: {push: {tags: ["v*"]}}
jobs:
  release:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: softprops/action-gh-release@v2
        id: made
        env:
          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
        with:
          tag_name: ${{ github.ref_name }}
          name: Release ${{ github.ref }}
          draft: false
      - uses: softprops/action-gh-release@v2
        with:
          tag_name: ${{ github.ref_name }}
          files: dist/a.zip
"""
    assert expected == text_of(repaired(RELEASE), RELEASE)
    other = RELEASE.replace("asset_name: a.zip", "asset_name: b.zip")
    assert all(isinstance(one, Escalate) for one in repaired(other))


@pytest.mark.parametrize("text", [SINGLE, MATRIX])
def test_a_healthy_file_is_left_alone(text: str) -> None:
    assert [] == repaired(text)


@pytest.mark.parametrize(
    ("name", "touched", "asked"),
    [
        (".github/workflows/nightly.yml", False, True),
        (".github/workflows/nightly.yml", True, False),
        (NAME, False, False),
    ],
)
def test_of_several_workflows_one_that_nobody_touches_is_not_changed_unasked(
    name: str, touched: bool, asked: bool
) -> None:
    """The main one is surely needed, and so is one that is the only one."""
    broken = SINGLE.replace("ubuntu-latest", "ubuntu-20.04")
    first = Patch.of([changed_file(name, None, broken), changed_file("b.py", None, "b\n")])
    later = changed_file(name, SINGLE, broken) if touched else changed_file("a.py", None, "a\n")
    failure = failure_of(f"{name}: is refused", Category.CONFIGURATION, place=Place(file=name))
    bench = FakeBench(past=FakePast((Patch.of([later]), first)))
    several = {name: broken, ".github/workflows/other.yml": MATRIX}
    for files, wanted in ((several, asked), ({name: broken}, False)):
        (edit,) = prescribed(WorkflowFile(), case_of(files, "", failure, bench))
        assert isinstance(edit, Edit)
        assert wanted == bool(edit.asks)


def test_other_failures_are_not_its_business() -> None:
    failure = failure_of("AssertionError: 1 != 2", Category.TEST_FAILURE)
    assert 0 == WorkflowFile().suits(failure)
