"""The tools that check code: what shows that a project uses one, and how it is called."""

from __future__ import annotations

from autonomous_cicd.domain.pipeline import Stage
from autonomous_cicd.domain.project import ToolRole
from autonomous_cicd.values import dataclass

__all__ = ["CHECKS", "Check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One tool in one use."""

    name: str
    argv: tuple[str, ...]
    """How it only looks and changes nothing; without places."""
    role: ToolRole = ToolRole.LINTER
    stage: Stage = Stage.LINT
    distribution: str = ""
    """When it is called otherwise than its program."""
    tables: tuple[tuple[str, ...], ...] = ()
    """`[tool.*]` tables of pyproject.toml that configure it."""
    files: tuple[str, ...] = ()
    """Files that configure it."""
    sections: tuple[str, ...] = ()
    """Sections of setup.cfg, tox.ini and its own INI files that configure it."""
    hooks: tuple[str, ...] = ()
    """Hooks of pre-commit that are it."""
    verbs: tuple[str, ...] = ()
    """First arguments that make a mention of the program a mention of this use; empty: any."""
    looks: tuple[str, ...] = ()
    """Arguments any of which makes it change nothing; the first is added where none is given."""
    changes: tuple[str, ...] = ()
    """Arguments that are left out because they make it change files."""
    listed: tuple[str, ...] = ()
    """Arguments with which it leaves out what its configuration does, when files are named one by one."""
    stubs: bool = False
    """Whether pre-commit hands it `.pyi` files, too."""
    place: str = ""
    """What it is pointed at when nobody says: `.`, `packages`, `environment`, or nothing."""
    alone: bool = True
    """Whether it works without the project's dependencies."""
    current: bool = False
    """Whether a configuration alone shows that it is used; that of an older tool may be a leftover."""
    plugins: tuple[str, ...] = ()
    """Beginnings of the names of distributions that extend it."""

    @property
    def package(self) -> str:
        """The distribution that brings it."""
        return self.distribution or self.argv[0]


CHECKS: tuple[Check, ...] = (
    Check(
        name="ruff",
        listed=("--force-exclude",),
        stubs=True,
        current=True,
        argv=("ruff", "check", "--no-fix"),
        tables=(("ruff",),),
        files=("ruff.toml", ".ruff.toml"),
        hooks=("ruff", "ruff-check"),
        verbs=("check", ".", "--fix", "src", "tests"),
        looks=("--no-fix",),
        changes=(
            "--fix",
            "--fix-only",
            "--unsafe-fixes",
            "--exit-non-zero-on-fix",
            "--show-fixes",
            "--force-exclude",
        ),
        place=".",
    ),
    Check(
        name="flake8",
        argv=("flake8",),
        files=(".flake8",),
        sections=("flake8",),
        hooks=("flake8",),
        plugins=("flake8-", "pep8-naming", "dlint", "darglint", "wemake-python-styleguide", "hacking"),
    ),
    Check(
        name="pylint",
        argv=("pylint",),
        tables=(("pylint",),),
        files=("pylintrc", ".pylintrc", "pylintrc.toml", ".pylintrc.toml"),
        sections=("pylint", "pylint.master", "pylint.main"),
        hooks=("pylint",),
        place="packages",
        alone=False,
        plugins=("pylint-",),
    ),
    Check(name="pycodestyle", argv=("pycodestyle",), sections=("pycodestyle", "pep8"), place="."),
    Check(
        name="pydocstyle",
        argv=("pydocstyle",),
        tables=(("pydocstyle",),),
        sections=("pydocstyle",),
        hooks=("pydocstyle",),
        place="packages",
    ),
    Check(
        name="codespell",
        current=True,
        argv=("codespell",),
        tables=(("codespell",),),
        files=(".codespellrc",),
        sections=("codespell",),
        hooks=("codespell",),
        changes=("-w", "--write-changes"),
    ),
    Check(
        name="import-linter",
        current=True,
        argv=("lint-imports",),
        distribution="import-linter",
        tables=(("importlinter",),),
        files=(".importlinter",),
        sections=("importlinter",),
        hooks=("import-linter",),
        alone=False,
    ),
    Check(
        name="ruff format",
        listed=("--force-exclude",),
        stubs=True,
        argv=("ruff", "format", "--check"),
        role=ToolRole.FORMATTER,
        tables=(("ruff", "format"),),
        hooks=("ruff-format",),
        verbs=("format",),
        looks=("--check", "--diff"),
        changes=("--force-exclude",),
        place=".",
    ),
    Check(
        name="black",
        stubs=True,
        argv=("black", "--check"),
        role=ToolRole.FORMATTER,
        tables=(("black",),),
        hooks=("black", "black-jupyter"),
        looks=("--check", "--diff"),
        changes=("--safe", "--quiet", "-q"),
        place=".",
    ),
    Check(
        name="isort",
        listed=("--filter-files",),
        argv=("isort", "--check-only"),
        role=ToolRole.FORMATTER,
        tables=(("isort",),),
        files=(".isort.cfg",),
        sections=("isort",),
        hooks=("isort",),
        looks=("--check-only", "--check", "-c", "--diff"),
        changes=("--apply", "-y", "-rc", "--recursive"),
        place=".",
    ),
    Check(
        name="yapf",
        argv=("yapf", "--diff", "--recursive"),
        role=ToolRole.FORMATTER,
        tables=(("yapf",),),
        files=(".style.yapf",),
        sections=("yapf",),
        hooks=("yapf",),
        looks=("--diff", "-d"),
        changes=("-i", "--in-place"),
        place=".",
    ),
    Check(
        name="mypy",
        stubs=True,
        current=True,
        argv=("mypy",),
        role=ToolRole.TYPE_CHECKER,
        stage=Stage.TYPES,
        tables=(("mypy",),),
        files=("mypy.ini", ".mypy.ini"),
        sections=("mypy",),
        hooks=("mypy",),
        place="packages",
        alone=False,
    ),
    Check(
        name="pyright",
        current=True,
        argv=("pyright",),
        role=ToolRole.TYPE_CHECKER,
        stage=Stage.TYPES,
        tables=(("pyright",),),
        files=("pyrightconfig.json",),
        hooks=("pyright",),
        alone=False,
    ),
    Check(
        name="basedpyright",
        current=True,
        argv=("basedpyright",),
        role=ToolRole.TYPE_CHECKER,
        stage=Stage.TYPES,
        tables=(("basedpyright",),),
        hooks=("basedpyright",),
        alone=False,
    ),
    Check(
        name="ty",
        current=True,
        argv=("ty", "check"),
        role=ToolRole.TYPE_CHECKER,
        stage=Stage.TYPES,
        tables=(("ty",),),
        files=("ty.toml",),
        verbs=("check",),
        alone=False,
    ),
    Check(
        name="pyrefly",
        current=True,
        argv=("pyrefly", "check"),
        role=ToolRole.TYPE_CHECKER,
        stage=Stage.TYPES,
        tables=(("pyrefly",),),
        files=("pyrefly.toml",),
        verbs=("check",),
        alone=False,
    ),
    Check(
        name="bandit",
        argv=("bandit",),
        stage=Stage.SECURITY,
        tables=(("bandit",),),
        files=(".bandit", "bandit.yaml", "bandit.yml"),
        hooks=("bandit",),
        place="packages",
    ),
    Check(
        name="pip-audit",
        argv=("pip-audit",),
        stage=Stage.SECURITY,
        hooks=("pip-audit",),
        place="environment",
        alone=False,
    ),
)
"""In the order of the pipeline."""
