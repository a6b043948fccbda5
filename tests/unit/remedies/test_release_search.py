"""A suspected dependency is bounded below the very release that broke it, and only when that was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.incident import Attempt
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.python_bounds import series
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.requirement import order
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.domain.verification import Outcome, Verification
from autonomous_cicd.remedies.breaking_release import BreakingRelease
from autonomous_cicd.remedies.release_search import CHECKS, ReleaseSearch

WIDGET = ["26.3", "26.0", "25.1", "24.2", "24.0", "23.2", "22.0", "21.3", "20.9", "19.0", "17.1", "16.8"]
GADGET = ["1.16.1", "1.15.0", "1.14.2", "1.13.0", "1.12.0", "1.11.4", "1.9.0", "1.2.0", "0.19.1"]
PACKAGES = MemoryPackages({("python", "widget"): WIDGET, ("python", "gadget"): GADGET})
THROWN = "E   widget.version.InvalidThing: Invalid thing: 'frob'\n"
GONE = "E   ImportError: cannot import name 'helper' from 'gadget.core' (/v/site-packages/gadget/core.py)\n"
CALL = "E   TypeError: Box.__init__() got an unexpected keyword argument 'colour'\n"
INSTALLED = "Successfully installed widget-26.3 gadget-1.16.1 pytest-9.2.0\n"
USED = {
    "requirements.txt": "widget\n",
    "tests/test_a.py": "import widget\n\n\ndef test():\n    widget.Box(colour=1)\n",
}
WHERE = Place(file="tests/test_a.py", line=5)


def works_below(name: str, version: str) -> Callable[[Patch], Tried]:
    """Return a bench on which a project works with releases of a distribution below a version."""

    def check(patch: Patch) -> Tried:
        found = re.search(rf"^\+.*\b{name}[^<\n]*<([\d.]+)", patch.diff(), re.MULTILINE)
        green = bool(found) and (order(found[1] if found else "") or ()) <= (order(version) or ())
        return Tried(exit_code=0 if green else 1, log="")

    return check


def search(
    files: Mapping[str, str],
    stated: str,
    check: Callable[[Patch], Tried],
    *,
    place: Place | None = None,
    past: tuple[Patch, ...] = (),
    attempts: tuple[Attempt, ...] = (),
    install: str = "pip install -r requirements.txt",
) -> tuple[list[dict[str, str]], int]:
    """Return the files that are proposed, and how often something was tried."""
    bench = FakeBench(past=FakePast(past), packages=PACKAGES, checking=check)
    failure = failure_of(stated, Category.DEPENDENCY_BREAKING_CHANGE, place=place or Place())
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    case = case_of(files, INSTALLED + stated, failure, bench, step=step, attempts=attempts)
    found = [edited(files, one) for one in edits(prescribed(ReleaseSearch(), case))]
    return [{name: text for name, text in one.items() if files.get(name) != text} for one in found], len(
        bench.checked
    )


LAYOUTS = [
    ({"requirements.txt": "widget\n", "a.py": ""}, "requirements.txt", "pip install -r requirements.txt"),
    (
        {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["widget>=16"]\n', "it/a.py": ""},
        "pyproject.toml",
        "pip install -e .",
    ),
    (
        {"setup.cfg": "[metadata]\nname = it\n[options]\ninstall_requires =\n    widget\n", "it/a.py": ""},
        "setup.cfg",
        "pip install .",
    ),
    (
        {"tox.ini": "[testenv]\ndeps =\n    widget\n    pytest\ncommands = pytest\n", "it/a.py": ""},
        "tox.ini",
        "tox",
    ),
]


@pytest.mark.parametrize(("files", "name", "install"), LAYOUTS)
def test_the_release_that_broke_it_is_found(files: dict[str, str], name: str, install: str) -> None:
    found, tries = search(files, THROWN, works_below("widget", "22"), install=install)
    assert ["<22" in one[name] for one in found] == [True]
    assert [list(one) for one in found] == [[name]]
    assert tries <= CHECKS[1]


TWO, THREE = "widget>=16,<18; python_version < '3'", "widget>=19; python_version >= '3'"


@pytest.mark.parametrize(
    ("files", "name", "install"),
    [
        (
            {"requirements.txt": f"{TWO}\n{THREE}\n", "a.py": ""},
            "requirements.txt",
            "pip install -r requirements.txt",
        ),
        (
            {
                "pyproject.toml": '[project]\nname = "it"\n'
                f'dependencies = [\n    "{TWO}",\n    "{THREE}",\n]\n',
                "it/a.py": "",
            },
            "pyproject.toml",
            "pip install .",
        ),
        (
            {
                "setup.cfg": "[metadata]\nname = it\n[options.extras_require]\ntest =\n    pytest\n"
                f"    {TWO}\n    {THREE}\n",
                "it/a.py": "",
            },
            "setup.cfg",
            "pip install '.[test]'",
        ),
    ],
)
def test_of_two_lines_for_different_pythons_the_one_is_bounded_that_lets_it_in(
    files: dict[str, str], name: str, install: str
) -> None:
    found, _ = search(files, THROWN, works_below("widget", "22"), install=install)
    assert [TWO in one[name] and "widget>=19,<22; python_version >= '3'" in one[name] for one in found] == [
        True
    ]


def test_a_line_that_nothing_would_be_left_of_is_that_of_another_python() -> None:
    files = {
        "requirements.txt": "widget>=26; python_version < '3'\nwidget; python_version >= '3'\n",
        "a.py": "",
    }
    found, _ = search(files, THROWN, works_below("widget", "24"))
    expected = "widget>=26; python_version < '3'\nwidget<24; python_version >= '3'"
    assert [one["requirements.txt"].partition("  #")[0].startswith(expected) for one in found] == [True]


def test_what_no_line_lets_in_is_not_bounded_again() -> None:
    files = {
        "requirements.txt": "widget<17; python_version < '3'\nwidget==16.8; python_version >= '3'\n",
        "a.py": "",
    }
    assert ([], 0) == search(files, THROWN, works_below("widget", "22"))


@pytest.mark.parametrize("broke", ["26.3", "26", "25", "24", "22", "20", "17"])
def test_whichever_release_it_was(broke: str) -> None:
    found, _ = search({"requirements.txt": "widget\n", "a.py": ""}, THROWN, works_below("widget", broke))
    assert [one["requirements.txt"].partition("  #")[0].strip() for one in found] == [f"widget<{broke}"]


def test_a_minor_release_that_the_log_names_nobody_for_is_found_too() -> None:
    found, _ = search({"requirements.txt": "gadget\n", "a.py": ""}, GONE, works_below("gadget", "1.12"))
    assert ["gadget<1.12" in one["requirements.txt"] for one in found] == [True]


def test_no_older_release_is_taken_than_the_project_can_use() -> None:
    """What is leapt over is tried when the steps went too far."""

    def check(patch: Patch) -> Tried:
        return Tried(exit_code=0 if "widget<23" in patch.diff() else 1, log="")

    found, _ = search({"requirements.txt": "widget\n", "a.py": ""}, THROWN, check)
    assert ["widget<23" in one["requirements.txt"] for one in found] == [True]


def test_a_bound_that_a_commit_took_away_is_tried_first() -> None:
    files = {"requirements.txt": "widget\n", "a.py": ""}
    past = Patch.of([changed_file("requirements.txt", "widget<24.1\n", "widget\n")])
    found, tries = search(files, THROWN, works_below("widget", "24.2"), past=(past, NOTHING))
    assert [{"requirements.txt": "widget<24.1\n"}] == found
    assert tries == 2


def test_what_was_tried_before_is_not_tried_again() -> None:
    files = {"requirements.txt": "gadget\n", "a.py": ""}
    patch = Patch.of(
        [changed_file("requirements.txt", "gadget\n", "gadget<1.16  # 1.16.1 breaks it: helper\n")]
    )
    before = Attempt(
        remedy="breaking_release",
        strategy=Strategy.DEPENDENCY_UPDATE,
        summary="",
        verification=Verification(outcome=Outcome.SAME, reason="red"),
        patch=patch,
        seconds=1.0,
    )
    check = works_below("gadget", "1.15")
    found, tries = search(files, GONE, check, attempts=(before,))
    _, without = search(files, GONE, check)
    assert ["gadget<1.15" in one["requirements.txt"] for one in found] == [True]
    assert tries < without


NOTHING_FOUND: list[tuple[dict[str, str], str, Place | None]] = [
    (USED, "E   AssertionError: assert 1 == 2\n", WHERE),
    (USED, "E   requests.exceptions.HTTPError: 500\n", WHERE),
    (USED, "E   it.core.Broken: no\n", WHERE),
    (USED, "E   json.decoder.JSONDecodeError: Expecting value\n", WHERE),
    (USED, "E   KeyError: 'colour'\n", WHERE),
]


@pytest.mark.parametrize(("files", "stated", "place"), NOTHING_FOUND)
def test_failures_that_point_to_nobody_are_not_searched(
    files: dict[str, str], stated: str, place: Place | None
) -> None:
    assert ([], 0) == search(files, stated, works_below("widget", "22"), place=place)


def test_what_is_used_where_it_failed_is_suspected() -> None:
    found, _ = search(USED, CALL, works_below("widget", "24"), place=WHERE)
    assert [{"requirements.txt": "widget<24  # 26.3 breaks it: TypeError\n"}] == found


def test_nothing_is_proposed_when_no_release_works() -> None:
    found, tries = search(USED, CALL, works_below("widget", "1"), place=WHERE)
    assert [] == found
    assert tries <= CHECKS[1]


def test_nothing_is_proposed_when_it_passes_with_whatever_is_changed() -> None:
    def green(patch: Patch) -> Tried:
        return Tried(exit_code=0, log="")

    assert [] == search(USED, CALL, green, place=WHERE)[0]


def test_what_a_new_commit_brought_is_no_releases_fault() -> None:
    text = USED["tests/test_a.py"]
    past = Patch.of([changed_file("tests/test_a.py", text.replace("colour", "color"), text)])
    found = search(USED, CALL, works_below("widget", "24"), place=WHERE, past=(past, NOTHING))
    assert ([], 0) == found


@pytest.mark.parametrize(
    ("installed", "releases", "expected"),
    [
        ("26.3", WIDGET, ("26.3", "26", "25", "24", "23", "22", "21", "20", "19", "17")),
        ("1.12.0", GADGET, ("1.12", "1.11", "1.9", "1.2")),
        ("0.28.1", ["0.28.1", "0.28.0", "0.27", "0.25"], ("0.28", "0.27")),
        ("1.0", ["1.0"], ()),
        ("odd", ["1.0"], ()),
    ],
)
def test_series_of_releases(installed: str, releases: list[str], expected: tuple[str, ...]) -> None:
    assert expected == series(installed, releases)


@given(st.integers(2, 40).flatmap(lambda top: st.tuples(st.just(top), st.integers(2, top))))
def test_the_highest_bound_that_helps_is_found(case: tuple[int, int]) -> None:
    """With enough trials; the oldest release always works."""
    top, broke = case
    packages = MemoryPackages({("python", "widget"): [f"{one}.0" for one in range(top, 0, -1)]})
    bench = FakeBench(packages=packages, checking=works_below("widget", str(broke)))
    failure = failure_of(THROWN, Category.DEPENDENCY_BREAKING_CHANGE)
    step = StepResult(name="t", status=TaskStatus.FAILED, command="pip install -r requirements.txt")
    files = {"requirements.txt": "widget\n", "a.py": ""}
    log = f"Successfully installed widget-{top}.0\n{THROWN}"
    found = edits(prescribed(ReleaseSearch(), case_of(files, log, failure, bench, step=step)))
    shown = edited(files, found[0])["requirements.txt"] if found else ""
    assert shown.partition("  #")[0].strip() == f"widget<{broke}" or len(bench.checked) == CHECKS[1]


def test_the_host_of_a_plugin_is_suspected_where_the_plugin_fails() -> None:
    stated = "E   AttributeError: 'CallSpec2' object has no attribute 'funcargs'\n"
    frames = "/v/lib/python3.11/site-packages/pytest_lazyfixture.py:35: AttributeError\n"
    files = {"requirements.txt": "pytest\npytest-lazy-fixture\n", "tests/test_a.py": "import pytest\n"}
    packages = MemoryPackages({("python", "pytest"): ["9.2.0", "8.4.2", "8.0.0", "7.4.4", "6.2.5"]})
    bench = FakeBench(packages=packages, checking=works_below("pytest", "8"))
    step = StepResult(name="t", status=TaskStatus.FAILED, command="pip install -r requirements.txt")
    log = f"Successfully installed pytest-9.2.0 pytest-lazy-fixture-0.6.3\n{frames}{stated}"
    case = case_of(files, log, failure_of(stated, Category.TEST_FAILURE), bench, step=step)
    found = [edited(files, one)["requirements.txt"] for one in edits(prescribed(ReleaseSearch(), case))]
    assert ["pytest<8  # 9.2.0 breaks it: AttributeError\npytest-lazy-fixture\n"] == found


def test_what_a_commit_uses_anew_may_be_too_new_for_the_pin() -> None:
    stated = "E   AttributeError: module 'gadget' has no attribute 'batched'\n"
    files = {"requirements.txt": "gadget==1.9.0\n", "it/a.py": "import gadget\n\ngadget.batched()\n"}
    past = Patch.of([changed_file("it/a.py", "import gadget\n", files["it/a.py"])])

    def check(patch: Patch) -> Tried:
        return Tried(exit_code=0 if "==1.16.1" in patch.diff() else 1, log="")

    bench = FakeBench(past=FakePast((past, NOTHING)), packages=PACKAGES, checking=check)
    failure = failure_of(stated, Category.TEST_FAILURE, place=Place(file="it/a.py", line=3))
    step = StepResult(name="t", status=TaskStatus.FAILED, command="pip install -r requirements.txt")
    case = case_of(files, OLD + stated, failure, bench, step=step)
    assert ["gadget==1.16.1\n"] == [
        edited(files, one)["requirements.txt"] for one in edits(prescribed(ReleaseSearch(), case))
    ]
    assert [] == edits(prescribed(BreakingRelease(), case))


OLD = "Successfully installed gadget-1.9.0 widget-26.3\n"
FRAMES = (
    "  /v/lib/python3.12/site-packages/gadget/tz.py:37: in <module>\n"
    "E   DeprecationWarning: datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal.\n"
)


@pytest.mark.parametrize(
    ("files", "install", "expected"),
    [
        (
            {"requirements.txt": "gadget==1.9.0\nwidget\n", "a.py": "import gadget\n"},
            "pip install -r requirements.txt",
            [{"requirements.txt": "gadget==1.16.1\nwidget\n"}],
        ),
        (
            {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["gadget==1.9.0"]\n', "it/a.py": ""},
            "pip install .",
            [{"pyproject.toml": '[project]\nname = "it"\ndependencies = ["gadget==1.16.1"]\n'}],
        ),
        ({"requirements.txt": "gadget>=1\n", "a.py": ""}, "pip install -r requirements.txt", []),
    ],
)
def test_what_is_pinned_and_too_old_is_renewed(
    files: dict[str, str], install: str, expected: list[dict[str, str]]
) -> None:
    def check(patch: Patch) -> Tried:
        return Tried(exit_code=0 if "==1.16.1" in patch.diff() else 1, log="")

    bench = FakeBench(packages=PACKAGES, checking=check)
    stated = FRAMES.splitlines()[-1]
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    case = case_of(files, OLD + FRAMES, failure_of(stated, Category.TEST_FAILURE), bench, step=step)
    found = [edited(files, one) for one in edits(prescribed(ReleaseSearch(), case))]
    assert expected == [{name: text for name, text in one.items() if files[name] != text} for one in found]
    assert ReleaseSearch().suits(failure_of(stated, Category.TEST_FAILURE)) > 0
