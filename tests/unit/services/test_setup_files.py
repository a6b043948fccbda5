"""The files with which a project begins: they say what they should, and nothing in a name breaks them."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd import __version__
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.project import Component, Project, ProjectKind
from autonomous_cicd.domain.text import printable
from autonomous_cicd.services import setup_files
from autonomous_cicd.settings.load import demands, load, problems
from autonomous_cicd.settings.model import schema
from autonomous_cicd.workflows.file import read_workflow
from autonomous_cicd.workflows.refused import complaints

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / ".." / "shared/seeds"
FAILURE = setup_files.failure_workflow(["CI"], __version__)
MAINTENANCE = setup_files.maintenance_workflow(__version__)
WORKFLOWS = {setup_files.FAILURE: FAILURE, setup_files.MAINTENANCE: MAINTENANCE}
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def project(*kinds: ProjectKind) -> Project:
    parts = tuple(Component(path=kind.value, kinds=frozenset({kind})) for kind in kinds)
    return Project(path="/p", name="p", components=parts)


def jobs(text: str) -> dict[str, Any]:
    found = read_yaml(text).value
    assert isinstance(found, dict)
    jobs = found["jobs"]
    assert isinstance(jobs, dict)
    return jobs


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("kinds", [(), *((kind,) for kind in ProjectKind)])
def test_the_settings_are_valid_as_they_are_and_with_every_example_taken(
    tmp_path: Path, validator: Any, kinds: tuple[ProjectKind, ...]
) -> None:
    text = setup_files.settings_file(project(*kinds))
    examples = re.sub(r"^  # ((?:  )*\w+:)", r"  \1", text, flags=re.M)
    assert examples.count("#") < text.count("#")
    for one in (text, examples):
        (tmp_path / setup_files.SETTINGS).write_text(one)
        assert () == problems(tmp_path, environment={"HOME": "/h"})
        validator.validate(read_yaml(one).value)
    settings = load(tmp_path, environment={"HOME": "/h"})
    assert "observe" == settings.autonomy.value
    (tmp_path / setup_files.SETTINGS).write_text(text)
    assert {} == demands(tmp_path), "what is written must not take back what the workflow is told"
    assert {"lint", "test"} == {task.name for task in settings.pipeline.tasks}


def test_the_example_commands_are_those_of_the_projects_kind() -> None:
    assert "test: pytest -q\n" in setup_files.settings_file(project(ProjectKind.PYTHON))
    assert "test: npm test\n" in setup_files.settings_file(project(ProjectKind.TYPESCRIPT))
    assert "test: make test\n" in setup_files.settings_file(None)


def test_the_settings_change_nothing_yet(tmp_path: Path) -> None:
    before = load(tmp_path, environment={"HOME": "/h"})
    (tmp_path / setup_files.SETTINGS).write_text(setup_files.settings_file(None))
    after = load(tmp_path, environment={"HOME": "/h"})
    assert [row[:2] for row in before.shown()] == [row[:2] for row in after.shown()]


def test_the_example_of_variables_says_nothing_and_may_be_copied(tmp_path: Path) -> None:
    text = setup_files.env_example()
    (tmp_path / ".env").write_text(text)
    settings = load(tmp_path, environment={"HOME": "/h"})
    assert () == settings.notes
    assert [] == [path for path, _, source in settings.shown() if source != "default"]
    lines = text.splitlines()
    for above, line in itertools.pairwise(lines):
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Z_]+=", line)
            assert above.startswith("# ")


def test_every_variable_of_the_guides_is_in_the_example() -> None:
    if not GUIDES.is_dir():
        pytest.skip("the guides are not here")
    named = re.findall(
        r"^(?:export )?([A-Z][A-Z_]+)[=:]", "\n".join(map(Path.read_text, GUIDES.glob("*.md"))), re.M
    )
    assert {"GITHUB_TOKEN", "CODEGEN_TOKEN", "MAX_AUTO_FIXES_PER_DAY", "UPDATE_STRATEGY"} <= set(named)
    present = re.findall(r"^([A-Z_]+)=$", setup_files.env_example(), re.M)
    assert set() == set(named) - set(present)


def test_an_example_that_is_there_keeps_what_it_says() -> None:
    before = "DATABASE_URL=\nexport GITHUB_TOKEN=here"
    text = setup_files.env_example(before)
    assert text.startswith(f"{before}\n\n# Variables of autonomous-cicd:\n")
    assert 1 == len(re.findall(r"\bGITHUB_TOKEN=", text))
    assert "\nLINEAR_API_KEY=\n" in text
    assert text == setup_files.env_example(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "# Keys stay on this machine.\n.env\n"),
        ("", "# Keys stay on this machine.\n.env\n"),
        ("dist", "dist\n\n# Keys stay on this machine.\n.env\n"),
        ("dist\n", "dist\n\n# Keys stay on this machine.\n.env\n"),
        ("dist\n.env\n", "dist\n.env\n"),
        (" /.env \r\n", " /.env \r\n"),
        ("*.env\n", "*.env\n"),
        ("#.env\n", "#.env\n\n# Keys stay on this machine.\n.env\n"),
    ],
)
def test_the_file_with_keys_is_kept_out_of_git(before: str | None, after: str) -> None:
    assert after == setup_files.ignored(before)
    assert after == setup_files.ignored(after)


NAMES = [
    "CI",
    'He said "go"',
    "a: b # c",
    "- x",
    "\\",
    "'",
    "{a}",
    "@@TOOL@@",
    "🧪 Tests",
    "yes",
    "3.10",
    "*",
]


@given(st.lists(st.text(min_size=1).filter(lambda text: printable(text) == text), min_size=1))
def test_the_workflows_that_are_heard_are_those_that_were_named(names: list[str]) -> None:
    names = [re.sub(r"[\n\t\ufffe\uffff]", "", name) or "x" for name in names]
    text = setup_files.failure_workflow(names, __version__)
    found = read_workflow(text, path=setup_files.FAILURE)
    assert {"workflow_run": {"workflows": names, "types": ["completed"]}} == found.events
    assert jobs(text) == jobs(FAILURE)


def test_names_that_mean_something_to_yaml_are_quoted() -> None:
    text = setup_files.failure_workflow(NAMES, __version__)
    events = read_workflow(text, path=setup_files.FAILURE).events
    assert {"workflow_run": {"workflows": NAMES, "types": ["completed"]}} == events


@pytest.mark.parametrize("name", WORKFLOWS)
def test_our_own_reader_takes_them_and_the_host_would_not_refuse_them(name: str) -> None:
    read_workflow(WORKFLOWS[name], path=name)
    assert [] == list(complaints(WORKFLOWS[name], path=name))
    assert "@@" not in WORKFLOWS[name]
    assert f'TOOL: "autonomous-cicd[uv]=={__version__}"\n' in WORKFLOWS[name]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_and_no_value_of_an_event_is_put_into_a_script(name: str) -> None:
    uses = re.findall(r"uses: (.*)", WORKFLOWS[name])
    assert uses
    assert [] == [one for one in uses if not PINNED.fullmatch(one)]
    for job in jobs(WORKFLOWS[name]).values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if str(step.get("uses", "")).startswith("actions/checkout"):
                assert False is step["with"]["persist-credentials"]


def test_only_what_runs_no_code_of_the_project_may_write() -> None:
    assert {} == read_yaml(FAILURE).value["permissions"]  # type: ignore[index,call-overload]
    found = jobs(FAILURE)
    assert {"actions": "read", "contents": "read"} == found["find"]["permissions"]
    assert {"actions": "read", "contents": "write", "issues": "write", "pull-requests": "write"} == (
        found["deliver"]["permissions"]
    )
    ran = [step["run"] for step in found["deliver"]["steps"] if "run" in step]
    assert 2 == len(ran)
    assert ran[0].startswith("python -I -m pip install ")
    assert 1 == ran[1].count("autonomous-cicd ")
    assert '--deliver "$RUNNER_TEMP/proposal"' in ran[1]
    assert "secrets." not in FAILURE + MAINTENANCE
    assert {"contents": "read"} == jobs(MAINTENANCE)["maintain"]["permissions"]


def test_the_maintenance_has_its_time_and_the_modes_of_the_guides() -> None:
    events = read_workflow(MAINTENANCE, path="m.yml").events
    assert [{"cron": "0 2 * * *"}] == events["schedule"]
    mode = events["workflow_dispatch"]["inputs"]["mode"]  # type: ignore[index,call-overload]
    assert ["analyze", "fix", "optimize", "security-audit"] == mode["options"]  # type: ignore[index,call-overload]


def test_python_imports_nothing_of_the_folder_that_it_runs_in() -> None:
    assert [] == re.findall(r"python[0-9.]* (?!-I )-.*", FAILURE + MAINTENANCE)


@pytest.mark.parametrize("persona", ["regular", "pedantic", "auditor"])
def test_zizmor_finds_nothing(tmp_path: Path, persona: str) -> None:
    for name, text in WORKFLOWS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    program = str(Path(sys.executable).with_name("zizmor"))
    words = [
        program,
        "--offline",
        "--format",
        "json",
        "--persona",
        persona,
        "--no-config",
        *map(str, tmp_path.rglob("*.yml")),
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (0, []) == (done.returncode, json.loads(done.stdout)), done.stderr
    ignored = re.findall(r"zizmor: ignore.*", FAILURE + MAINTENANCE)
    assert [
        "zizmor: ignore[dangerous-triggers] code of forks is never run, and no job that runs code can write"
    ] == ignored


def test_the_script_of_the_guides_is_the_command(tmp_path: Path) -> None:
    script = tmp_path / "analyzer.py"
    script.write_text(setup_files.analyzer())
    words = [sys.executable, str(script), "--mode", "no-such-mode"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == done.returncode
    assert "failure" in done.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not on the PATH")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_shellcheck_finds_nothing_in_their_scripts(name: str) -> None:
    for job in jobs(WORKFLOWS[name]).values():
        for step in job["steps"]:
            words = ["shellcheck", "--shell", "bash", "-"]
            done = subprocess.run(
                words, input=step.get("run", ""), capture_output=True, text=True, timeout=60
            )
            assert 0 == done.returncode, done.stdout


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not on the PATH")
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    for name, text in WORKFLOWS.items():
        (tmp_path / Path(name).name).write_text(text)
    words = ["actionlint", *map(str, tmp_path.iterdir())]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (0, "") == (done.returncode, done.stdout)
