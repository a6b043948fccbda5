"""The keys of tasks' outcomes."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.pipeline import Command, Limits, Stage, Task
from autonomous_cicd.domain.workflow import Job, JobPlan, Step, Workflow
from autonomous_cicd.services.keys import Keys, task_key

FILES = {"src/a.py": "1", "src/b.py": "2", "README.md": "3", "tests/test_a.py": "4"}
TASK = Task(
    name="test",
    stage=Stage.TEST,
    commands=(Command(argv=("pytest", "-q"), cwd="src", env={"A": "1"}),),
    env={"B": "2"},
    environment="python",
    inputs=("src/**", "tests/**"),
    outputs=("coverage.xml",),
)
VERSIONS = {"pytest": "8.3"}
ENV = {"LANG": "C"}
WORKFLOW = Workflow(path=".github/workflows/ci.yml", name="CI", env={"X": "1"})
JOB = Job(id="test", steps=(Step(run="make", line=7),), line=5)
PLAN = JobPlan(workflow=WORKFLOW, job=JOB, matrix={"python": 3.12, "os": ["a", None, True]})

text = st.text(max_size=5)
names = st.text("ab/.", min_size=1, max_size=4)
files = st.dictionaries(names, text, max_size=6)
texts = st.dictionaries(text, text, max_size=3)


def key(task: Task = TASK, own: dict[str, str] | None = None) -> str:
    return task_key(task, FILES if own is None else own, versions=VERSIONS, env=ENV)


def test_what_a_link_leads_to_decides_too() -> None:
    """Where it leads is not known here: it may be any file."""
    linked = replace(TASK, inputs=("link",))
    own = {**FILES, "link": "9l"}
    assert key(linked, own) != key(linked, {**own, "README.md": "changed"})
    assert key(replace(TASK, inputs=("src/**",)), own) == key(
        replace(TASK, inputs=("src/**",)), {**own, "README.md": "changed"}
    )


def test_the_key_is_the_same_for_ever() -> None:
    """A new interpreter or process must not forget what was kept; a change here must raise the format."""
    assert "21fefebe6eda8a44d2256f16ca0a5143cea8656f8594bb95ca0da3363e7e88b9" == key()


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, commands=(Command(argv=("pytest", "-v"), cwd="src", env={"A": "1"}),)),
        replace(TASK, commands=(Command(argv=("pytest -q",), cwd="src", env={"A": "1"}),)),
        replace(TASK, commands=(Command(argv=("pytest", "-q"), cwd=".", env={"A": "1"}),)),
        replace(TASK, commands=(Command(argv=("pytest", "-q"), cwd="src", env={"A": "2"}),)),
        replace(TASK, commands=(Command(argv=("pytest", "-q"), cwd="src", env={"A": "1"}),) * 2),
        replace(TASK, env={"B": "3"}),
        replace(TASK, env={}),
        replace(TASK, environment="other"),
        replace(TASK, inputs=("src/**",)),
        replace(TASK, inputs=("src/**", "tests/**", "!src/b.py")),
        replace(TASK, outputs=()),
        replace(TASK, job=PLAN),
    ],
)
def test_what_decides_the_outcome_changes_the_key(task: Task) -> None:
    assert key() != key(task)


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, name="other"),
        replace(TASK, needs=("install",)),
        replace(TASK, limits=Limits(seconds=1)),
        replace(TASK, seconds=5.0, cores=2.0, memory=1, optional=True, reason="because"),
        replace(TASK, env=MappingProxyType({"B": "2"})),
    ],
)
def test_what_does_not_decide_it_does_not(task: Task) -> None:
    assert key() == key(task)


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, matrix={"python": 3.13, "os": ["a", None, True]}),
        replace(PLAN, event="pull_request"),
        replace(PLAN, inputs={"x": True}),
        replace(PLAN, job=replace(JOB, steps=(Step(run="make all"),))),
        replace(PLAN, workflow=replace(WORKFLOW, env={"X": "2"})),
    ],
)
def test_the_plan_of_a_job_counts(plan: JobPlan) -> None:
    assert key(replace(TASK, job=PLAN)) != key(replace(TASK, job=plan))


def test_where_a_job_stands_and_who_stands_beside_it_do_not() -> None:
    moved = replace(JOB, line=50, steps=(replace(JOB.steps[0], line=52),))
    beside = replace(WORKFLOW, jobs=(moved, Job(id="other")))
    assert key(replace(TASK, job=PLAN)) == key(replace(TASK, job=replace(PLAN, workflow=beside, job=moved)))


@pytest.mark.parametrize(
    "changes",
    [
        {"src/a.py": "changed"},
        {"src/new.py": "5"},
        {"tests/test_a.py": "2"},
        {"src/a.py": "2", "src/b.py": "1"},
    ],
)
def test_a_change_of_an_input_changes_the_key(changes: dict[str, str]) -> None:
    assert key() != key(own={**FILES, **changes})


def test_a_lost_or_renamed_input_changes_the_key() -> None:
    rest = {name: id for name, id in FILES.items() if name != "src/a.py"}
    assert 3 == len({key(), key(own=rest), key(own={**rest, "src/c.py": "1"})})


def test_a_change_elsewhere_does_not() -> None:
    assert key() == key(own={**FILES, "README.md": "changed", "other": "new"})
    assert key() == key(own=dict(reversed(FILES.items())))


def test_versions_and_environment_count() -> None:
    keys = {
        task_key(TASK, FILES, versions=versions, env=env)
        for versions in ({}, {"pytest": "8.3"}, {"pytest": "8.4"})
        for env in ({}, {"LANG": "C"}, {"LANG": "de"}, {"LANGC": ""})
    }
    assert 12 == len(keys)


@given(files, texts, texts, st.lists(names, max_size=3), st.data())
def test_many_keys_are_the_keys_one_by_one(
    own: dict[str, str],
    versions: dict[str, str],
    env: dict[str, str],
    patterns: list[str],
    data: st.DataObject,
) -> None:
    keys = Keys(own)
    for _ in range(3):
        chosen = data.draw(st.lists(st.sampled_from([*patterns, "**", "!a*"]), max_size=3))
        task = replace(TASK, inputs=tuple(chosen))
        expected = task_key(task, own, versions=versions, env=env)
        assert expected == keys.of(task, versions=versions, env=env)


@given(files, st.data())
def test_any_change_of_any_input_changes_the_key(own: dict[str, str], data: st.DataObject) -> None:
    own = {**{name: f"{content}x" for name, content in own.items()}, "a": "x"}  # none of them is a link
    task = replace(TASK, inputs=("**",))
    name = data.draw(st.sampled_from(sorted(own)))
    changed = data.draw(text.filter(lambda content: content != own[name]))
    without = {one: id for one, id in own.items() if one != name}
    assert 3 == len({key(task, own), key(task, {**own, name: changed}), key(task, without)})
    excluded = replace(task, inputs=("b/**", "!b/c"))
    outside = {one: id for one, id in own.items() if not one.startswith("b/")}
    assert key(excluded, {**own, **dict.fromkeys(outside, "?")}) == key(excluded, own)


@given(texts, texts)
def test_names_and_values_do_not_run_into_each_other(one: dict[str, str], other: dict[str, str]) -> None:
    same = task_key(TASK, FILES, versions=one, env=other) == task_key(TASK, FILES, versions=other, env=one)
    assert (one == other) == same


def test_names_that_are_not_utf8() -> None:
    task = replace(TASK, inputs=("**",))
    assert 2 == len({key(task, {f"a{sign}": "1"}) for sign in ("\udc80", "\udc81")})
