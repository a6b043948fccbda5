"""Of requirements that fit to no set of versions, one is moved, and as little as possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.python_conflicts import clashes, unmatched
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.remedy import Escalate, Prescription
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.remedies.conflicting_pins import ConflictingPins

RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("python", "urllib3"): ["2.5.0", "2.2.1", "2.0.7", "1.26.20", "1.26.4"],
    ("python", "boltons"): ["25.0.0", "20.2.1", "19.3.0", "18.0.1"],
    ("python", "numpy"): ["2.3.0", "1.26.4", "1.21.6"],
    ("python", "ipython"): [Release(version="9.11.0", requires_python=">=3.12"), "8.18.0", "7.0"],
    ("python", "greenlet"): ["3.1.1", "1.1.3", "1.0.0"],
    ("python", "idna"): ["3.10", "3.7"],
}
PIP = """\
ERROR: Cannot install {0} because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested {0}
    {1}

To fix this you could try to:
ERROR: ResolutionImpossible: for help visit the manual
"""
UV = """\
  \u00d7 No solution found when resolving dependencies:
  ╰─▶ Because pandas>=2.2 depends on numpy>=1.26.0 and your project depends on
      numpy<1.22 and pandas>=2.2, we can conclude that your project's
      requirements are unsatisfiable.
"""


def green(argv: tuple[str, ...], patch: Patch) -> Tried:
    return Tried(exit_code=0, log="")


def prescribe(
    files: Mapping[str, str],
    log: str,
    install: str = "pip install -r requirements.txt",
    *,
    past: tuple[Patch, ...] = (),
    subjects: tuple[str, ...] = (),
    execute: Callable[[tuple[str, ...], Patch], Tried] = green,
) -> list[Prescription]:
    bench = FakeBench(
        past=FakePast(past, subjects=subjects), packages=MemoryPackages(RELEASES), executing=execute
    )
    failure = failure_of(log, Category.DEPENDENCY_CONFLICT)
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    return prescribed(ConflictingPins(), case_of(files, log, failure, bench, step=step))


def first(files: Mapping[str, str], found: list[Prescription]) -> dict[str, str]:
    after = edited(files, edits(found)[0])
    return {name: text for name, text in after.items() if files.get(name) != text}


NONE = "ERROR: Could not find a version that satisfies the requirement {} (from versions: {})\n"
NUMPY = '[project]\nname = "it"\ndependencies = ["numpy<1.22", "pandas>=2.2"]\n'
CASES: list[tuple[dict[str, str], str, str, dict[str, str]]] = [
    (
        {"requirements.txt": "botocore==1.34.0\nurllib3==2.2.1\n"},
        PIP.format(
            "urllib3==2.2.1", 'botocore 1.34.0 depends on urllib3<2.1 and >=1.25.4; python_version >= "3.10"'
        ),
        "pip install -r requirements.txt",
        {"requirements.txt": "botocore==1.34.0\nurllib3==2.0.7\n"},
    ),
    (
        {"requirements-test.txt": "pytest\nboltons==18.0.1\n", "setup.py": "setup(name='glom')\n"},
        PIP.format("boltons==18.0.1", "face 20.1.1 depends on boltons>=19.0.0"),
        "pip install -e . -r requirements-test.txt",
        {"requirements-test.txt": "pytest\nboltons==25.0.0\n"},
    ),
    (
        {"pyproject.toml": NUMPY},
        UV,
        "pip install .",
        {"pyproject.toml": NUMPY.replace("numpy<1.22", "numpy")},
    ),
    (
        {"requirements.txt": "ipython==9.11.0\n"},
        "ERROR: Ignored the following versions that require a different python version: 9.11.0\n"
        + NONE.format("ipython==9.11.0", "7.0, 8.18.0")
        + "ERROR: No matching distribution found for ipython==9.11.0\n# Python 3.11.7\n",
        "pip install -r requirements.txt",
        {"requirements.txt": "ipython==8.18.0\n"},
    ),
    (
        {"requirements.txt": "idna==99.1\n"},
        NONE.format("idna==99.1", "3.7, 3.10"),
        "pip install -r requirements.txt",
        {"requirements.txt": "idna==3.10\n"},
    ),
]


@pytest.mark.parametrize(("files", "log", "install", "expected"), CASES)
def test_one_requirement_is_moved(
    files: dict[str, str], log: str, install: str, expected: dict[str, str]
) -> None:
    assert expected == first(files, prescribe(files, log, install))


def test_what_a_commit_changed_goes_back_first() -> None:
    files, log = CASES[0][:2]
    past = Patch.of(
        [changed_file("requirements.txt", "botocore==1.34.0\nurllib3==1.26.4\n", files["requirements.txt"])]
    )
    assert {"requirements.txt": "botocore==1.34.0\nurllib3==1.26.4\n"} == first(
        files, prescribe(files, log, past=(past, NOTHING))
    )


PINNED = "# tested together\nboltons==18.0.1\nidna==3.7\n"
ASKS = """\
ERROR: Cannot install it and it==1.0 because these package versions have conflicting dependencies.

The conflict is caused by:
    it{extra} 1.0 depends on boltons{spec}
    The user requested (constraint) boltons==18.0.1

"""
CFG = "[metadata]\nname = it\n[options]\ninstall_requires =\n    boltons{0}\n"
TOML = '[project]\nname = "it"\ndependencies = [\n    "boltons{0}",\n]\n'
EXTRA = "setup(name='it', extras_require={{'test': ['boltons{0}', 'pytest']}})\n"
WITH = "pip install -c constraints.txt -e ."
UV_ASKS = """\
  \u00d7 No solution found when resolving dependencies:
  ╰─▶ Because it==1.0 depends on boltons>=19.3 and you require boltons==18.0.1, we can conclude that
      your requirements are unsatisfiable.
"""


@pytest.mark.parametrize(
    ("name", "text", "pins", "log", "install"),
    [
        ("setup.cfg", CFG, "constraints.txt", ASKS.format(extra="", spec=">=19.3"), WITH),
        (
            "pyproject.toml",
            TOML,
            "requirements/constraints.txt",
            UV_ASKS,
            f"uv {WITH.replace('-c ', '-c requirements/')}",
        ),
        (
            "setup.py",
            EXTRA,
            "requirements-dev.txt",
            ASKS.format(extra="[test]", spec=">=19.3"),
            "pip install -r requirements-dev.txt -e '.[test]'",
        ),
    ],
)
def test_the_pin_follows_what_the_package_needs_newer(
    name: str, text: str, pins: str, log: str, install: str
) -> None:
    files = {name: text.format(">=19.3"), pins: PINNED, "it.py": ""}
    past = Patch.of([changed_file(name, text.format(">=17"), files[name])])
    found = prescribe(files, log, install, past=(past, NOTHING))
    assert {pins: PINNED.replace("18.0.1", "25.0.0")} == first(files, found)


@pytest.mark.parametrize(
    ("name", "before", "after", "spec"),
    [
        ("setup.cfg", CFG.format(">=17"), CFG.format(">=17,<18"), ">=17,<18"),
        ("setup.cfg", CFG.format(""), CFG.format("<18"), "<18"),
        ("setup.cfg", CFG.format(">=17"), CFG.format(">=99"), ">=99"),
        ("constraints.txt", "boltons==20.2.1\n", "boltons==18.0.1\n", ">=19.3"),
    ],
)
def test_what_else_a_commit_changed_goes_back(name: str, before: str, after: str, spec: str) -> None:
    files = {"setup.cfg": CFG.format(spec), "constraints.txt": "boltons==18.0.1\n", "it.py": "", name: after}
    past = Patch.of([changed_file(name, before, after)])
    found = prescribe(files, ASKS.format(extra="", spec=spec), WITH, past=(past, NOTHING))
    assert {name: before} == first(files, found)


def test_what_a_weakness_asked_for_stays() -> None:
    text = "botocore==1.34.0\nurllib3==2.2.1  # CVE-2024-1\n"
    assert [] == prescribe({"requirements.txt": text}, CASES[0][1])
    files = CASES[0][0]
    past = Patch.of(
        [changed_file("requirements.txt", "botocore==1.34.0\nurllib3==1.26.4\n", files["requirements.txt"])]
    )
    found = prescribe(files, CASES[0][1], past=(past, NOTHING), subjects=("Fix a security problem",))
    assert "urllib3==1.26.4" not in first(files, found)["requirements.txt"]


def test_what_does_not_resolve_is_not_proposed() -> None:
    files, log = CASES[1][:2]

    def nearest(argv: tuple[str, ...], patch: Patch) -> Tried:
        return Tried(exit_code=0 if "19.3.0" in patch.diff() else 1, log="")

    found = prescribe(files, log, "pip install -e . -r requirements-test.txt", execute=nearest)
    assert {"requirements-test.txt": "pytest\nboltons==19.3.0\n"} == first(files, found)


def test_a_name_that_no_index_knows_is_handed_over() -> None:
    log = "ERROR: Could not find a version that satisfies the requirement fancy-utilz (from versions: none)\n"
    found = prescribe({"requirements.txt": "fancy-utilz\n"}, log)
    assert [Escalate] == [type(one) for one in found]
    past = Patch.of([changed_file("requirements.txt", "requests\n", "reqeusts\n")])
    typo = log.replace("fancy-utilz", "reqeusts")
    assert [] == prescribe({"requirements.txt": "reqeusts\n"}, typo, past=(past, NOTHING))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pyproject.toml", 'requires-python = ">=3.8"', 'requires-python = ">=3.13"'),
        ("setup.cfg", "python_requires = >=3.8", "python_requires = >=3.13"),
        ("setup.py", "    python_requires='>=3.8',", "    python_requires='>=3.13',"),
    ],
)
def test_the_pythons_that_were_allowed_are_again(name: str, old: str, new: str) -> None:
    before, after = f"a\n{old}\nb\n", f"a\n{new}\nb\n"
    past = Patch.of([changed_file(name, before, after)])
    log = "ERROR: Package 'it' requires a different Python: 3.11.7 not in '>=3.13'\n"
    assert {name: before} == first({name: after}, prescribe({name: after}, log, past=(past, NOTHING)))
    assert [] == prescribe({name: after}, log)
    told = Patch.of([*past, changed_file("CHANGELOG.md", "", "- Python 3.13 is needed.\n")])
    assert [] == prescribe({name: after}, log, past=(told, NOTHING))


def test_both_tools_tell_who_asks_for_what() -> None:
    assert [("urllib3", "==2.2.1", ""), ("urllib3", "<2.1,>=1.25.4", "botocore")] == [
        (one.name, one.spec, one.by) for one in clashes(CASES[0][1])
    ]
    assert [("numpy", ">=1.26.0", "pandas"), ("numpy", "<1.22", ""), ("pandas", ">=2.2", "")] == [
        (one.name, one.spec, one.by) for one in clashes(UV)
    ]
    assert () == clashes("all is well\n")
    assert () == unmatched("all is well\n")


def test_what_cannot_be_built_any_more_is_asked_for_newer() -> None:
    files = {"requirements.txt": "greenlet==1.0.0\n"}
    found = prescribe(files, "  ERROR: Failed building wheel for greenlet\n")
    assert ["greenlet==1.1.3\n", "greenlet==3.1.1\n"] == [
        edited(files, edit)["requirements.txt"] for edit in edits(found)
    ]
    assert [] == prescribe(
        {"requirements.txt": "greenlet\n"}, "  ERROR: Failed building wheel for greenlet\n"
    )


def test_a_lost_network_is_no_conflict() -> None:
    log = "ERROR: No matching distribution found for idna\n"
    assert 0.0 == ConflictingPins().suits(failure_of(log, Category.NETWORK))


UNMADE = "error: subprocess-exited-with-error\nERROR: Failed to build '{0}' when getting what it needs\n"


@pytest.mark.parametrize(
    ("files", "log", "install", "expected"),
    [
        (
            {"requirements.txt": "yaml>=5\npytest\n"},
            NONE.format("yaml>=5", "none"),
            "pip install -r requirements.txt",
            {"requirements.txt": "PyYAML>=5\npytest\n"},
        ),
        (
            {
                "pyproject.toml": '[project]\nname = "it"\ndependencies = ["dateutil==2.8", "six"]\n',
                "it.py": "",
            },
            NONE.format("dateutil==2.8", "none"),
            "pip install .",
            {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["python-dateutil", "six"]\n'},
        ),
        (
            {"setup.cfg": "[options]\ninstall_requires =\n    sklearn\n", "it.py": ""},
            UNMADE.format("sklearn"),
            "pip install .",
            {"setup.cfg": "[options]\ninstall_requires =\n    scikit-learn\n"},
        ),
    ],
)
def test_a_module_is_asked_for_by_the_name_of_what_brings_it(
    files: dict[str, str], log: str, install: str, expected: dict[str, str]
) -> None:
    assert expected == first(files, prescribe(files, log, install))


@pytest.mark.parametrize("name", ["yamll", "requests-turbo", "it-internal"])
def test_what_nobody_vouches_for_stays(name: str) -> None:
    found = prescribe({"requirements.txt": f"{name}\n"}, NONE.format(name, "none"))
    assert [Escalate] == [type(one) for one in found]
