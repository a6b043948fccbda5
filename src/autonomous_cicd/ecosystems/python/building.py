"""Decides how a component is built and measured."""

from __future__ import annotations

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ecosystems.python.facts import Facts
from autonomous_cicd.ecosystems.python.install import run_tool
from autonomous_cicd.ecosystems.python.shapes import table

__all__ = ["backend_name", "benchmark", "build", "keeps_tree_clean"]

Argv = tuple[str, ...]

_CLEAN = ("hatchling", "flit_core", "flit", "poetry", "pdm", "uv_build", "whey", "trampolim")


def backend_name(facts: Facts) -> str:
    """Return the name of the build back end as people say it: `hatchling`, `setuptools`, `poetry-core`."""
    module = facts.backend.partition(":")[0]
    name = {"poetry": "poetry-core", "pdm": "pdm-backend", "flit_core": "flit", "mesonpy": "meson-python"}
    first = module.partition(".")[0]
    return name.get(first, first)


def build(facts: Facts, machine: Machine, interpreter: Interpreter) -> Argv:
    """Return the command that builds the distributions; nothing when there is nothing to distribute."""
    if not facts.buildable:
        return ()
    if "uv" in machine.programs:
        return ("uv", "build", "--python", interpreter.path, "--out-dir", "dist")
    return ("python", "-m", "build", "--outdir", "dist")


def keeps_tree_clean(facts: Facts) -> bool:
    """Return whether building leaves the sources as they are, so that tests may run beside it."""
    hooks = table(facts.tools, "hatch", "build", "hooks")
    scripts = table(facts.tools, "poetry", "build") or table(facts.tools, "pdm", "build")
    return facts.backend.partition(".")[0] in _CLEAN and not hooks and not scripts


def benchmark(
    facts: Facts, machine: Machine, interpreter: Interpreter
) -> tuple[str, tuple[Argv, ...]] | None:
    """Return the tool that measures, and its commands; None when the project measures nothing."""
    if "pytest-benchmark" in facts.declared:
        places = sorted({name.split("/")[0] for name in facts.sources if _measures(name)})
        if places:
            return "pytest-benchmark", (("pytest", "--benchmark-only", *places),)
    if "asv.conf.json" in facts.files and "uv" in machine.programs:
        python = "--python={environment}/bin/python"
        prepare = run_tool(machine, interpreter, "asv", "asv", "machine", "--yes")
        return "asv", (prepare, run_tool(machine, interpreter, "asv", "asv", "run", "--quick", python))
    return None


def _measures(name: str) -> bool:
    top = name.split("/")[0].lower()
    return "/" in name and top in ("bench", "benchmark", "benchmarks", "perf")
