"""A plan as values for JSON."""

from __future__ import annotations

from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.project import Component, Project
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.services.foresee import foresee
from autonomous_cicd.services.plan import Planned

__all__ = ["describe"]


def describe(planned: Planned) -> dict[str, Json]:
    """Return everything a plan says."""
    return {"project": _project(planned.project), "pipeline": _pipeline(planned.pipeline)}


def _project(project: Project) -> Json:
    size = project.complexity
    return {
        "name": project.name,
        "path": project.path,
        "kinds": [*sorted(kind.value for kind in project.kinds)],
        "components": [_component(component) for component in project.components],
        "workflows": list(project.workflows),
        "complexity": {
            "level": size.level,
            "files": size.files,
            "lines": size.lines,
            "estimated": size.estimated,
            "languages": dict(size.languages),
            "dependencies": size.dependencies,
            "tests": size.tests,
        },
    }


def _component(component: Component) -> Json:
    return {
        "path": component.path,
        "name": component.name,
        "kinds": [*sorted(kind.value for kind in component.kinds)],
        "manifests": list(component.manifests),
        "lock_files": list(component.lock_files),
        "interpreter": component.interpreter,
        "versions": list(component.versions),
        "dependencies": component.dependencies,
        "tools": [
            {"name": tool.name, "role": tool.role.value, "evidence": tool.evidence}
            for tool in component.tools
        ],
    }


def _pipeline(pipeline: Pipeline) -> Json:
    return {
        "id": pipeline.id,
        "source": pipeline.source.value,
        "strategy": pipeline.ordering.value,
        "tasks": [_task(task) for task in pipeline.tasks],
        "skipped": [{"what": item.what, "reason": item.reason} for item in pipeline.skipped],
        "problems": list(pipeline.problems),
    }


def _task(task: Task) -> Json:
    described: dict[str, Json] = {
        "name": task.name,
        "stage": task.stage.value,
        "needs": list(task.needs),
        "commands": [
            {"argv": list(command.argv), "cwd": command.cwd, "env": dict(command.env)}
            for command in task.commands
        ],
        "inputs": list(task.inputs),
        "outputs": list(task.outputs),
        "environment": task.environment,
        "optional": task.optional,
        "seconds": round(task.seconds, 3),
        "reason": task.reason,
    }
    if task.job:
        described["job"] = {
            "workflow": task.job.workflow.path,
            "id": task.job.job.id,
            "matrix": dict(task.job.matrix),
            "event": task.job.event,
            "steps": [
                {"name": step.title, "run": step.run, "uses": step.uses, "line": step.line}
                for step in task.job.job.steps
            ],
            "skipped": [{"what": item.what, "reason": item.reason} for item in foresee(task.job)],
        }
    return described
