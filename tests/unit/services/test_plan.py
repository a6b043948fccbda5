"""Which source a pipeline is taken from, and which of its tasks are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.worlds import task

from autonomous_cicd.domain.pipeline import Command, Ordering, Skipped, Source, Stage, Task
from autonomous_cicd.domain.project import Complexity, Project
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.plan import GUESS, Found, Planned, Wishes, command, make_plan

CHECKOUT = Checkout(root=Path("/projects/shop"), repository=True, commit="c" * 40)
DEPLOY = task("deploy (production)", stage=Stage.DEPLOY, approval="production")


@dataclass
class Told:
    """Sources that say what they are told to say. Implements `Sources`."""

    of_workflows: Found = field(default_factory=Found)
    of_detection: Found = field(default_factory=Found)
    lines: int = 0
    asked: list[str] = field(default_factory=list)

    def project(self) -> Project:
        self.asked.append("project")
        return Project(path="/projects/shop", name="shop!", complexity=Complexity(lines=self.lines))

    def workflows(self, only: str) -> Found:
        self.asked.append(f"workflows {only}".strip())
        return self.of_workflows

    def detected(self, project: Project) -> Found:
        self.asked.append("detected")
        return self.of_detection


def plan(
    told: Told, *, seconds: dict[str, float] | None = None, thorough: bool = False, **wishes: Any
) -> Planned:
    return make_plan(
        CHECKOUT, Wishes(**wishes), sources=lambda: told, seconds=seconds or {}, thorough=thorough
    )


def names(planned: Planned) -> list[str]:
    return [one.name for one in planned.pipeline.tasks]


def left_out(planned: Planned) -> dict[str, str]:
    return {item.what: item.reason for item in planned.pipeline.skipped}


def job(name: str, id: str) -> Task:
    workflow = JobPlan(workflow=Workflow(path=".github/workflows/ci.yml"), job=Job(id=id), event="push")
    return Task(name=name, stage=Stage.WORKFLOW, job=workflow)


def test_its_own_pipeline_comes_first_and_nothing_else_is_looked_at() -> None:
    told = Told(of_workflows=Found(tasks=(task("w"),)))
    planned = plan(told, tasks=(task("mine"),))
    assert (Source.CONFIG, ["mine"]) == (planned.pipeline.source, names(planned))
    assert [] == told.asked
    assert "shop" == planned.project.name


def test_what_the_project_is_is_found_out_when_that_is_asked_for() -> None:
    assert "shop!" == plan(Told(), tasks=(task("mine"),), thorough=True).project.name


def test_then_its_workflow_files() -> None:
    told = Told(of_workflows=Found(tasks=(task("w"),), skipped=(Skipped("x", "windows"),), problems=()))
    planned = plan(told)
    assert (Source.WORKFLOW, ["w"]) == (planned.pipeline.source, names(planned))
    assert {"x": "windows"} == left_out(planned)


def test_then_what_is_detected_and_why_there_was_nothing_before() -> None:
    told = Told(
        of_workflows=Found(skipped=(Skipped("ci.yml", "only on tags"),)),
        of_detection=Found(tasks=(task("t"),), skipped=(Skipped("lint", "no ruff"),)),
    )
    planned = plan(told)
    assert (Source.DETECT, ["t"]) == (planned.pipeline.source, names(planned))
    assert {"ci.yml": "only on tags", "lint": "no ruff"} == left_out(planned)


@pytest.mark.parametrize(
    ("wishes", "source", "asked"),
    [
        ({"source": "workflow", "tasks": (task("mine"),)}, Source.WORKFLOW, "workflows"),
        ({"workflow": "ci.yml:test", "tasks": (task("mine"),)}, Source.WORKFLOW, "workflows ci.yml:test"),
        ({"source": "detect", "tasks": (task("mine"),)}, Source.DETECT, "detected"),
    ],
)
def test_another_source_can_be_asked_for(wishes: dict[str, Any], source: Source, asked: str) -> None:
    told = Told(of_workflows=Found(tasks=(task("w"),)), of_detection=Found(tasks=(task("t"),)))
    planned = plan(told, **wishes)
    assert source == planned.pipeline.source
    assert ["project", asked] == told.asked


def test_a_workflow_file_that_is_refused_is_not_passed_over() -> None:
    told = Told(of_workflows=Found(problems=("ci.yml:3: no",)), of_detection=Found(tasks=(task("t"),)))
    planned = plan(told)
    assert (Source.WORKFLOW, ("ci.yml:3: no",)) == (planned.pipeline.source, planned.pipeline.problems)


@pytest.mark.parametrize("source", ["auto", "config", "detect", "workflow"])
def test_without_anything_to_run_it_says_what_to_do(source: str) -> None:
    with pytest.raises(UsageError, match=r"found nothing to run in /projects/shop") as caught:
        plan(Told(), source=source)
    assert "pipeline: tasks:" in caught.value.hint


def test_what_is_left_out_altogether_is_no_empty_plan() -> None:
    assert {"x": "y"} == left_out(plan(Told(of_detection=Found(skipped=(Skipped("x", "y"),)))))


def test_recorded_seconds_come_before_guesses_which_grow_with_the_project() -> None:
    found = Found(tasks=(task("t", stage=Stage.TEST), task("b", stage=Stage.BUILD), task("c")))
    planned = plan(Told(of_detection=found, lines=50_000), seconds={"t": 4.5})
    assert [4.5, 3 * GUESS[Stage.BUILD], 0.0] == [one.seconds for one in planned.pipeline.tasks]


def test_the_limits_of_the_pipeline_are_those_of_the_wishes() -> None:
    planned = plan(Told(), tasks=(task("a"),), ordering=Ordering.SEQUENTIAL, jobs=3, seconds={"a": 2.0})
    assert (Ordering.SEQUENTIAL, 3, 3600.0) == (
        planned.pipeline.ordering,
        planned.pipeline.jobs,
        planned.pipeline.seconds,
    )


def test_the_same_pipeline_has_the_same_id() -> None:
    one, same, other = (plan(Told(), tasks=(task(name),)).pipeline.id for name in ("a", "a", "b"))
    assert one == same != other
    assert one.startswith("shop-config-")


def test_needs_that_form_a_circle_are_refused_with_their_place() -> None:
    tasks = (task("a", "b", reason=".autonomous-cicd.yml:3"), task("b", "a", reason=".autonomous-cicd.yml:3"))
    with pytest.raises(UsageError, match=r"^\.autonomous-cicd\.yml:3: the needs .* circle: a, b") as caught:
        plan(Told(), tasks=tasks)
    assert "remove one of these `needs`" == caught.value.hint


GRAPH = (task("lint", stage=Stage.LINT), task("build", "gen"), task("gen"), task("test", "build"))


@pytest.mark.parametrize(
    ("only", "skip", "expected"),
    [
        ((), (), ["lint", "build", "gen", "test"]),
        (("test",), (), ["build", "gen", "test"]),
        (("linting",), (), ["lint"]),
        (("l*",), (), ["lint"]),
        ((), ("test",), ["lint", "build", "gen"]),
        ((), ("build",), ["lint", "gen", "test"]),
        (("test",), ("gen",), ["build", "test"]),
    ],
)
def test_tasks_are_chosen_with_what_they_need(
    only: Sequence[str], skip: Sequence[str], expected: list[str]
) -> None:
    planned = plan(Told(), tasks=GRAPH, only=tuple(only), skip=tuple(skip))
    assert expected == names(planned)
    assert {one.name for one in GRAPH} - set(expected) == set(left_out(planned))


def test_what_was_not_chosen_says_why() -> None:
    planned = plan(Told(), tasks=GRAPH, only=("build",), skip=("gen",))
    expected = {
        "lint": "not asked for by --only",
        "gen": "left out by --skip",
        "test": "not asked for by --only",
    }
    assert expected == left_out(planned)


@pytest.mark.parametrize("pattern", ["test (3.11)", "test", "unit", "tes*"])
def test_a_job_is_meant_by_its_id_and_its_name_without_the_matrix(pattern: str) -> None:
    told = Told(of_workflows=Found(tasks=(job("test (3.11)", "unit"), job("lint", "lint"))))
    assert ["test (3.11)"] == names(plan(told, only=(pattern,)))


@pytest.mark.parametrize(("tasks", "hint"), [((task("a"),), "its tasks are: a"), ((), "its tasks are: none")])
def test_a_task_that_does_not_exist_is_refused(tasks: tuple[Task, ...], hint: str) -> None:
    told = Told(of_detection=Found(tasks=tasks, skipped=(Skipped("x", "y"),)))
    with pytest.raises(UsageError, match="no task is named 'nope'") as caught:
        plan(told, only=("nope",))
    assert hint == caught.value.hint


def test_the_deployment_comes_after_everything_else() -> None:
    planned = plan(Told(), tasks=(task("a"), task("b")), deploy=DEPLOY)
    assert ("a", "b") == planned.pipeline.task("deploy (production)").needs


def test_nothing_is_deployed_without_its_checks() -> None:
    planned = plan(Told(), tasks=(task("a"), task("b", "a")), deploy=DEPLOY, skip=("a",))
    assert ["b"] == names(planned)
    assert "nothing is deployed without a" == left_out(planned)["deploy (production)"]
    with pytest.raises(UsageError, match="found nothing to run"):
        plan(Told(), deploy=DEPLOY)


def test_workflow_files_deploy_themselves() -> None:
    planned = plan(Told(of_workflows=Found(tasks=(task("w"),))), deploy=DEPLOY)
    assert ["w"] == names(planned)
    assert "followed by `deploy: command:`" in left_out(planned)["deploy (production)"]


DETECTED = (
    task("setup", stage=Stage.SETUP),
    task("install", "setup", stage=Stage.INSTALL),
    task("lint", "install", stage=Stage.LINT),
    task("test", "install", "lint", stage=Stage.TEST),
)


def test_stages_are_kept_with_what_prepares_them() -> None:
    planned = plan(Told(of_detection=Found(tasks=DETECTED)), stages=(Stage.TEST,), deploy=DEPLOY)
    assert ["setup", "install", "test"] == names(planned)
    assert ("install",) == planned.pipeline.task("test").needs
    reason = "its stage is not among `pipeline.stages`"
    assert {"lint": reason, "deploy (production)": reason} == left_out(planned)


def test_a_stage_that_the_project_has_nothing_of_is_told() -> None:
    found = Found(tasks=DETECTED, skipped=(Skipped("build_project", "no back end"),))
    wanted = (Stage.TEST, Stage.BUILD, Stage.BENCHMARK, Stage.DEPLOY)
    planned = plan(Told(of_detection=found), stages=wanted)
    assert "no back end" == left_out(planned)["build_project"]
    assert "the project has nothing of this stage" == left_out(planned)["performance_benchmark"]


def test_jobs_of_workflow_files_have_no_stages() -> None:
    planned = plan(Told(of_workflows=Found(tasks=(task("w"),))), stages=(Stage.TEST,))
    assert "choose among them by name" in left_out(planned)["pipeline.stages"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pytest -q tests", ("pytest", "-q", "tests")),
        (["pytest", "-k", "a b"], ("pytest", "-k", "a b")),
        ("pytest 'a b'", ("sh", "-ec", "pytest 'a b'")),
        ("a && b", ("sh", "-ec", "a && b")),
        ("exit 3", ("sh", "-ec", "exit 3")),
        ("cd src", ("sh", "-ec", "cd src")),
        ("A=1 b", ("sh", "-ec", "A=1 b")),
        ("a\nb", ("sh", "-ec", "a\nb")),
    ],
)
def test_a_shell_is_used_only_where_it_is_needed(words: str | list[str], expected: tuple[str, ...]) -> None:
    assert Command(argv=expected, cwd="x", env={"A": "1"}) == command(words, cwd="x", env={"A": "1"})
