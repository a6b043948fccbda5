from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from autonomous_cicd.domain.pipeline import Ordering, Stage
from autonomous_cicd.errors import DocumentError, SettingsError
from autonomous_cicd.settings.load import Settings, load, problems
from autonomous_cicd.settings.tree import declared

CASES = Path(__file__).parents[2] / "cases" / "settings"
REFUSED = yaml.safe_load((CASES / "refused.yml").read_text())
NARROWED = yaml.safe_load((CASES / "narrowed.yml").read_text())

GUIDE = """\
# Autonomous CI/CD Configuration
autonomous_cicd:
  # Pipeline settings
  pipeline:
    enable_optimization: true
    enable_parallel_processing: true
    max_concurrent_tasks: 4
    default_timeout_minutes: 30

  # Error detection settings
  error_detection:
    enable_learning: true
    confidence_threshold: 0.8
    pattern_matching: true

  # Self-healing settings
  self_healing:
    max_healing_attempts: 3
    enable_aggressive_healing: false
    enable_rollback: true

  # Quality gates
  quality_gates:
    test_coverage: 80.0
    code_quality: "A"
    security_scan: true
    performance_benchmark: true

  # Integrations
  integrations:
    github:
      enable_webhooks: true
      auto_create_issues: true
    linear:
      enable_notifications: true
      auto_update_status: true
    database:
      store_metrics: true
      enable_analytics: true
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def settings_of(project: Path | None, *, env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    return load(project, environment={"HOME": "/home/me", **(env or {})}, overrides=overrides)


def write(project: Path, text: str) -> None:
    (project / ".autonomous-cicd.yml").write_text(text)


def nested(path: str, value: object) -> str:
    tree: Any = value
    for name in reversed(["autonomous_cicd", *path.split(".")]):
        tree = {name: tree}
    return yaml.safe_dump(tree)


def test_without_any_source_everything_is_as_declared() -> None:
    settings = settings_of(None)
    values = {path: settings.value(path) for path in declared() if path != "state_dir"}
    assert {path: one.default for path, one in declared().items() if path != "state_dir"} == values
    assert {"default"} == {source for _, _, source in settings.shown()}


def test_the_file_of_the_guide_loads_as_printed(project: Path) -> None:
    write(project, GUIDE)
    settings = settings_of(project)
    assert (80.0, "A", True, True) == (
        settings.quality_gates.test_coverage,
        settings.quality_gates.code_quality,
        settings.quality_gates.security_scan,
        settings.quality_gates.performance_benchmark,
    )
    assert (4, 30.0) == (
        settings.pipeline.max_concurrent_tasks,
        settings.pipeline.default_timeout_minutes,
    )
    assert ".autonomous-cicd.yml:7" == settings.source("pipeline.max_concurrent_tasks")
    assert () == settings.notes
    assert () == problems(project, environment={})


@pytest.mark.parametrize("suffix", ["yml", "yaml"])
def test_both_endings_of_the_file_are_read(project: Path, suffix: str) -> None:
    (project / f".autonomous-cicd.{suffix}").write_text(nested("pipeline.jobs", 2))
    assert 2 == settings_of(project).pipeline.max_concurrent_tasks


def test_a_file_that_says_nothing_changes_nothing(project: Path) -> None:
    for text in (
        "",
        "# only a comment\n",
        "autonomous_cicd:\n",
        "autonomous_cicd:\n  pipeline:\n    jobs:\n",
    ):
        write(project, text)
        assert settings_of(None) == settings_of(project)


def test_the_sources_are_ranked(project: Path) -> None:
    """DEFAULT < the operator's file < FILE < .env < ENVIRONMENT < COMMAND LINE."""
    path, variable = "pipeline.strategy", "AUTONOMOUS_CICD_PIPELINE_STRATEGY"
    own = project.parent / "own.yml"
    found = [settings_of(project).source(path)]
    own.write_text(nested(path, "parallel"))
    env = {"AUTONOMOUS_CICD_CONFIG": str(own)}
    found.append(settings_of(project, env=env).source(path))
    write(project, nested(path, "parallel"))
    found.append(settings_of(project, env=env).source(path))
    (project / ".env").write_text(f"X=1\n{variable}=parallel\n")
    found.append(settings_of(project, env=env).source(path))
    env[variable] = "parallel"
    found.append(settings_of(project, env=env).source(path))
    found.append(settings_of(project, env=env, strategy="parallel").source(path))
    assert [
        "default",
        f"{own}:3",
        ".autonomous-cicd.yml:3",
        f".env:2 ({variable})",
        variable,
        "command line: strategy",
    ] == found


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("AUTO_FIX_CONFIDENCE_THRESHOLD", "0.9", "self_healing.confidence_threshold", 0.9),
        ("MAX_AUTO_FIXES_PER_DAY", "20", "self_healing.max_fixes_per_day", 20),
        ("PERFORMANCE_REGRESSION_THRESHOLD", "25.0", "monitoring.regression_percent", 25.0),
        ("PERFORMANCE_THRESHOLD", "25", "monitoring.regression_percent", 25.0),
        ("MAINTENANCE_SCHEDULE", "0 3 * * *", "workflows.maintenance.schedule", "0 3 * * *"),
        ("SECURITY_SCAN_SCHEDULE", "0 */4 * * *", "workflows.security_scan.schedule", "0 */4 * * *"),
        ("AUTO_OPTIMIZE", "false", "monitoring.auto_optimize", False),
        ("SECURITY_PRIORITY", "critical", "dependencies.security_priority", "critical"),
        ("UPDATE_STRATEGY", "security-only", "dependencies.strategy", "security-only"),
        ("LOG_LEVEL", "DEBUG", "log_level", "debug"),
        ("PREFECT_LOGGING_LEVEL", "DEBUG", "prefect.logging_level", "debug"),
        ("PREFECT_WORKSPACE", "me/mine", "prefect.workspace", "me/mine"),
        ("CODEGEN_ORG_ID", "42", "integrations.codegen.org_id", "42"),
        ("GITHUB_REPOSITORY", "owner/repo", "integrations.github.repository", "owner/repo"),
        ("AUTONOMOUS_CICD_STATE_DIR", "/var/x", "state_dir", Path("/var/x")),
        ("AUTONOMOUS_CICD_RUNNER", "sandbox", "runner", "sandbox"),
        ("AUTONOMOUS_CICD_PIPELINE_STAGES", "linting, testing", "pipeline.stages", ("linting", "testing")),
        ("AUTONOMOUS_CICD_QUALITY_GATES_TEST_COVERAGE", "85", "quality_gates.test_coverage", 85.0),
        ("AUTONOMOUS_CICD_PIPELINE_ENVIRONMENT", "CI,TZ", "pipeline.environment", ("CI", "TZ")),
    ],
)
def test_variables_of_the_guides_and_our_own_are_read(name: str, text: str, path: str, value: object) -> None:
    settings = settings_of(None, env={name: text})
    assert value == settings.value(path)
    assert name == settings.source(path)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("GITHUB_TOKEN", "integrations.github.token"),
        ("LINEAR_API_KEY", "integrations.linear.api_key"),
        ("SLACK_WEBHOOK_URL", "integrations.slack.webhook_url"),
        ("PREFECT_API_KEY", "prefect.api_key"),
        ("CODEGEN_TOKEN", "integrations.codegen.token"),
        ("CODEGEN_API_TOKEN", "integrations.codegen.token"),
        ("AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL", "integrations.database.url"),
    ],
)
def test_credentials_are_read_and_never_shown(name: str, path: str) -> None:
    settings = settings_of(None, env={name: "s3cr3t-value"})
    assert "s3cr3t-value" == settings.value(path).reveal()
    assert "***" == next(value for one, value, _ in settings.shown() if one == path)
    assert "s3cr3t" not in repr(settings) + str(list(settings.shown()))
    assert ["s3cr3t-value"] == [secret.reveal() for secret in settings.secrets()]


def test_the_password_of_an_address_is_a_secret_too() -> None:
    env = {"AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL": "postgresql://me:p%40ss@there/db"}
    assert "p@ss" in [secret.reveal() for secret in settings_of(None, env=env).secrets()]


def test_an_address_that_is_none_has_no_password() -> None:
    env = {"AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL": "postgresql://[broken"}
    assert 1 == len(settings_of(None, env=env).secrets())


def test_an_empty_variable_says_nothing() -> None:
    assert "default" == settings_of(None, env={"GITHUB_TOKEN": ""}).source("integrations.github.token")


def test_of_two_variables_for_one_option_the_first_declared_one_counts() -> None:
    env = {"CODEGEN_API_TOKEN": "second", "CODEGEN_TOKEN": "first"}
    assert "first" == settings_of(None, env=env).integrations.codegen.token.reveal()


def test_the_overrides_of_the_guides_are_resolved() -> None:
    """`config_override` of the basic and the advanced example, and the requirements."""
    settings = settings_of(
        None,
        timeout_minutes=45,
        parallel_jobs=6,
        quality_gates={"test_coverage": 85.0, "security_scan": True, "performance_benchmark": True},
        strategy="adaptive",
        stages=[
            "setup_environment",
            "install_dependencies",
            "parallel_linting",
            "parallel_testing",
            "security_scan",
            "build_project",
            "deploy",
        ],
        resource_limits={"cpu": "4", "memory": "8Gi", "disk": "20Gi"},
    )
    pipeline = settings.pipeline
    assert (45.0, 6, Ordering.ADAPTIVE) == (
        pipeline.timeout_minutes,
        pipeline.max_concurrent_tasks,
        pipeline.strategy,
    )
    assert (Stage.LINT, Stage.TEST) == pipeline.stages[2:4]
    limits = pipeline.resource_limits
    assert (4.0, 8 * 2**30, 20 * 2**30) == (limits.cpu, limits.memory, limits.disk)
    assert 85.0 == settings.quality_gates.test_coverage


def test_the_requirements_of_the_guides_are_resolved() -> None:
    settings = settings_of(
        None,
        quality_gates={"test_coverage": 90.0},
        resource_constraints={"max_memory": "8Gi"},
        time_constraints={"max_duration": 1800},
    )
    assert (90.0, 8 * 2**30, 30.0) == (
        settings.quality_gates.test_coverage,
        settings.pipeline.resource_limits.memory,
        settings.pipeline.timeout_minutes,
    )


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("pipeline.jobs", "3", "pipeline.max_concurrent_tasks"),
        ("enable_optimization", False, "pipeline.enable_optimization"),
        ("enable_dynamic_scheduling", False, "pipeline.enable_dynamic_scheduling"),
        ("enable_resource_optimization", False, "pipeline.enable_resource_optimization"),
        ("enable_learning", False, "error_detection.enable_learning"),
        ("max_healing_attempts", 9, "self_healing.max_healing_attempts"),
        ("enable_rollback", False, "self_healing.enable_rollback"),
        ("enable_self_healing", False, "self_healing.enabled"),
        ("auto_apply_fixes", False, "self_healing.auto_apply_fixes"),
        ("monitoring_interval", 5, "monitoring.monitoring_interval"),
        ("polling_interval", 5, "monitoring.polling_interval"),
        ("update_strategy", "all", "dependencies.strategy"),
        ("security_priority", "low", "dependencies.security_priority"),
        ("baseline_branch", "develop", "monitoring.baseline_branch"),
        ("auto_optimize", "true", "monitoring.auto_optimize"),
        ("github_token", "abc", "integrations.github.token"),
        ("state_dir", Path("/x"), "state_dir"),
        ("analysis", {"max_file_lines": 2}, "analysis.max_file_lines"),
    ],
)  # fmt: skip
def test_an_override_goes_by_path_alias_or_bare_name(key: str, value: object, path: str) -> None:
    settings = load(None, environment={"HOME": "/h"}, overrides={key: value}, origin="config_override")
    assert settings.source(path).startswith("config_override: ")


def test_an_override_of_none_says_nothing() -> None:
    assert settings_of(None) == settings_of(None, jobs=None, quality_gates={"test_coverage": None})


@pytest.mark.parametrize(
    ("overrides", "message", "hint"),
    [
        ({"timout_minutes": 1}, "unknown key 'timout_minutes'", "did you mean 'timeout_minutes'?"),
        ({"confidence_threshold": 1}, "may mean several", "error_detection.confidence_threshold or self_"),
        ({"zzz": 1}, "unknown key 'zzz'", "`autonomous-cicd config show` lists all options"),
        ({"quality_gates": {"coverage": 1}}, "unknown key 'quality_gates.coverage'", "test_coverage"),
        ({"quality_gates": 3}, "quality_gates: expected a mapping, got 3", ""),
        ({"time_constraints": 3}, "unknown key 'time_constraints'", ""),
        ({"resource_constraints": {"max_money": 1}}, "unknown key 'resource_constraints.max_money'", ""),
        ({"jobs": 0}, "command line: jobs: pipeline.max_concurrent_tasks: expected a whole number", ""),
        ({"time_constraints": {"max_duration": "soon"}}, "expected a number", ""),
    ],
)
def test_a_wrong_override_is_refused_by_name(overrides: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(None, **overrides)
    assert message in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_a_wrong_file_is_refused_with_its_line(project: Path, case: dict[str, Any]) -> None:
    write(project, case["file"])
    with pytest.raises(DocumentError) as caught:
        settings_of(project)
    assert (".autonomous-cicd.yml", case["line"]) == (caught.value.file, caught.value.line)
    assert case["message"] in caught.value.reason
    assert case.get("hint", "") in caught.value.hint


@pytest.mark.parametrize("case", NARROWED, ids=lambda case: f"{case['path']}={case['project']}")
def test_a_project_can_only_narrow_what_the_operator_allows(project: Path, case: dict[str, Any]) -> None:
    path, env = case["path"], {}
    if "operator" in case:
        own = project.parent / "own.yml"
        own.write_text(nested(path, case["operator"]))
        env["AUTONOMOUS_CICD_CONFIG"] = str(own)
    write(project, nested(path, case["project"]))
    settings = settings_of(project, env=env)
    assert case["value"] == next(value for one, value, _ in settings.shown() if one == path)
    assert case.get("held", False) == (" asks for " in settings.source(path)) == bool(settings.notes)


def test_what_was_narrowed_is_said(project: Path) -> None:
    write(project, nested("pipeline.jobs", 8))
    settings = settings_of(project)
    assert "default (.autonomous-cicd.yml:3 asks for 8)" == settings.source("pipeline.max_concurrent_tasks")
    assert "AUTONOMOUS_CICD_PIPELINE_MAX_CONCURRENT_TASKS=8" in settings.notes[0]


def test_the_environment_overrules_the_project_in_both_directions(project: Path) -> None:
    write(project, nested("pipeline.jobs", 2))
    for jobs in (1, 64):
        env = {"AUTONOMOUS_CICD_PIPELINE_MAX_CONCURRENT_TASKS": str(jobs)}
        assert jobs == settings_of(project, env=env).pipeline.max_concurrent_tasks


TASKS = """\
autonomous_cicd:
  pipeline:
    tasks:
      lint: ruff check .
      slow:
        command: sleep 1
        timeout_minutes: 90
"""


def test_a_task_cannot_take_more_time_than_the_operator_allows(project: Path) -> None:
    write(project, TASKS)
    settings = settings_of(project)
    assert [None, 30.0] == [task.timeout_minutes for task in settings.pipeline.tasks]
    assert (
        "pipeline.tasks.slow: 90 minutes are more than the operator allows, 30 are used" in settings.notes[0]
    )


def test_a_task_takes_the_time_that_the_operator_allows(project: Path) -> None:
    write(project, TASKS)
    env = {"AUTONOMOUS_CICD_PIPELINE_DEFAULT_TIMEOUT_MINUTES": "120"}
    assert 90.0 == settings_of(project, env=env).pipeline.tasks[1].timeout_minutes


def test_each_task_knows_where_it_stands(project: Path) -> None:
    write(project, TASKS)
    settings = settings_of(project)
    assert [".autonomous-cicd.yml:4", ".autonomous-cicd.yml:5"] == [
        settings.source(f"pipeline.tasks.{task.name}") for task in settings.pipeline.tasks
    ]
    write(project, "autonomous_cicd:\n pipeline:\n  tasks:\n  - command: a\n    name: a b\n")
    assert ".autonomous-cicd.yml:4" == settings_of(project).source("pipeline.tasks.a b")


def test_tasks_can_come_from_a_variable() -> None:
    settings = settings_of(None, env={"AUTONOMOUS_CICD_PIPELINE_TASKS": "{a: x, b: {run: y, timeout: 99}}"})
    assert ["a", "b"] == [task.name for task in settings.pipeline.tasks]
    assert 99.0 == settings.pipeline.tasks[1].timeout_minutes
    assert "AUTONOMOUS_CICD_PIPELINE_TASKS" == settings.source("pipeline.tasks.a")


def test_the_source_of_what_is_not_declared_is_that_of_what_holds_it() -> None:
    assert "default" == settings_of(None).source("nothing.like.that")


ENV_FILE = """\
# Codegen SDK Configuration
CODEGEN_ORG_ID=your_organization_id
CODEGEN_TOKEN=your_api_token

# Integration APIs
GITHUB_TOKEN=your_github_token
SLACK_WEBHOOK_URL=your_slack_webhook
DATABASE_URL=somebody's own

# Autonomous Behavior Settings
AUTO_FIX_CONFIDENCE_THRESHOLD=0.85
MAX_AUTO_FIXES_PER_DAY=100
"""


def test_an_env_file_gives_credentials_and_narrows(project: Path) -> None:
    (project / ".env").write_text(ENV_FILE)
    settings = settings_of(project)
    assert "your_github_token" == settings.integrations.github.token.reveal()
    assert ".env:6 (GITHUB_TOKEN)" == settings.source("integrations.github.token")
    assert (0.85, 10) == (settings.self_healing.confidence_threshold, settings.self_healing.max_fixes_per_day)
    assert 1 == len(settings.notes)


def test_the_real_environment_beats_the_env_file(project: Path) -> None:
    (project / ".env").write_text("GITHUB_TOKEN=file\n")
    settings = settings_of(project, env={"GITHUB_TOKEN": "real"})
    assert "real" == settings.integrations.github.token.reveal()


@pytest.mark.parametrize(
    "line",
    [
        "AUTONOMOUS_CICD_STATE_DIR=/tmp/mine",
        "AUTONOMOUS_CICD_RUNNER=process",
        "AUTONOMOUS_CICD_PIPELINE_ENVIRONMENT=AWS_SECRET_ACCESS_KEY",
        "AUTONOMOUS_CICD_INTEGRATIONS_DATABASE_URL=postgresql://there",
        "GITHUB_API_URL=https://example.org",
    ],
)
def test_an_env_file_cannot_speak_for_the_operator(project: Path, line: str) -> None:
    (project / ".env").write_text(f"\n{line}\n")
    with pytest.raises(SettingsError, match="only the operator") as caught:
        settings_of(project)
    assert (".env", 2) == (caught.value.file, caught.value.line)


def test_an_env_file_that_cannot_be_read_is_passed_over_with_a_note(project: Path) -> None:
    (project / ".env").write_bytes(b"GITHUB_TOKEN=\xff\n")
    settings = settings_of(project)
    assert not settings.integrations.github.token
    assert "not UTF-8" in settings.notes[0]


def test_a_variable_of_ours_that_means_nothing_is_noted() -> None:
    env = {"AUTONOMOUS_CICD_STATE_DI": "/x", "AUTONOMOUS_CICD_SEALED": "3", "AUTONOMOUS_CICD_QQQQQ": "1"}
    notes = settings_of(None, env=env).notes
    assert "AUTONOMOUS_CICD_STATE_DI is not an option; did you mean AUTONOMOUS_CICD_STATE_DIR?" == notes[0]
    assert 2 == len(notes)


def test_a_variable_that_others_use_too_is_no_error() -> None:
    settings = settings_of(None, env={"LOG_LEVEL": "verbose"})
    assert "warning" == settings.log_level
    assert "LOG_LEVEL: log_level: expected one of" in settings.notes[0]


def test_a_variable_of_others_in_an_env_file_is_no_error(project: Path) -> None:
    (project / ".env").write_text("LOG_LEVEL=2\n")
    assert "it is passed over" in settings_of(project).notes[0]


def test_a_wrong_variable_is_refused_by_name() -> None:
    with pytest.raises(
        SettingsError, match=r"MAX_AUTO_FIXES_PER_DAY: self_healing\.max_fixes_per_day: expected"
    ):
        settings_of(None, env={"MAX_AUTO_FIXES_PER_DAY": "lots"})


def test_no_task_can_be_given_a_credential_of_ours() -> None:
    with pytest.raises(SettingsError, match="GITHUB_TOKEN holds a credential"):
        settings_of(None, env={"AUTONOMOUS_CICD_PIPELINE_ENVIRONMENT": "CI,GITHUB_TOKEN"})


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({}, "/home/me/.local/state/autonomous-cicd"),
        ({"XDG_STATE_HOME": "/state"}, "/state/autonomous-cicd"),
        ({"XDG_STATE_HOME": "relative"}, "/home/me/.local/state/autonomous-cicd"),
        ({"AUTONOMOUS_CICD_STATE_DIR": "~/x"}, "/home/me/x"),
        ({"AUTONOMOUS_CICD_STATE_DIR": "/y"}, "/y"),
    ],
)
def test_the_state_directory_is_outside_the_project(env: dict[str, str], folder: str) -> None:
    assert Path(folder) == settings_of(None, env=env).state_dir


def test_a_state_directory_must_be_absolute() -> None:
    with pytest.raises(SettingsError, match="absolute path"):
        settings_of(None, env={"AUTONOMOUS_CICD_STATE_DIR": "here"})


def test_all_problems_are_told(project: Path) -> None:
    write(project, "autonomous_cicd:\n  a: 1\n  pipeline: {jobs: x, stratgy: y}\n")
    own = project.parent / "own.yml"
    own.write_text("nothing: 1\n")
    env = {"AUTONOMOUS_CICD_CONFIG": str(own), "AUTO_OPTIMIZE": "perhaps"}
    found = problems(project, environment=env, overrides={"zzz": 1})
    assert 6 == len(found)
    assert ".autonomous-cicd.yml:3: unknown key 'pipeline.stratgy' (did you mean 'strategy'?)" in found
    with pytest.raises(SettingsError) as caught:
        load(project, environment=env)
    assert "4 more: `autonomous-cicd config check` lists all" in caught.value.hint


def test_more_problems_are_told_without_another_hint(project: Path) -> None:
    write(project, "autonomous_cicd:\n  pipeline: 3\n  deploy: 4\n")
    with pytest.raises(SettingsError) as caught:
        settings_of(project)
    assert "1 more: `autonomous-cicd config check` lists all" == caught.value.hint


def test_an_unreadable_file_of_the_operator_is_a_problem(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text("autonomous_cicd: [\n")
    env = {"AUTONOMOUS_CICD_CONFIG": str(own)}
    assert [True] == [one.startswith(f"{own}:2: is not YAML") for one in problems(None, environment=env)]


def test_one_file_can_be_checked_alone(tmp_path: Path) -> None:
    file = tmp_path / "draft.yml"
    file.write_text("autonomous_cicd: 3\n")
    assert (f"{file}:1: autonomous_cicd: expected a mapping, got 3",) == problems(
        None, environment={}, file=file
    )


def test_settings_are_frozen_and_can_be_copied_with_changes() -> None:
    settings = settings_of(None, jobs=2)
    with pytest.raises(AttributeError, match="frozen"):
        settings.log_level = "debug"  # type: ignore[misc, assignment]
    copy = settings.changed(pipeline=settings.pipeline.changed(cache=False))
    assert (True, False) == (settings.pipeline.cache, copy.pipeline.cache)
    assert settings.source("pipeline.jobs") == copy.source("pipeline.jobs")


def test_each_workflow_has_the_schedule_of_the_guides() -> None:
    workflows = settings_of(None).workflows
    assert ["0 2 * * *", "0 */6 * * *", "0 6 * * 1", "*/30 * * * *", "*/15 * * * *", "*/5 * * * *"] == [
        workflows.maintenance.schedule,
        workflows.security_scan.schedule,
        workflows.dependency_update.schedule,
        workflows.performance_optimization.schedule,
        workflows.autonomous_cicd.schedule,
        workflows.system_health.schedule,
    ]
    assert 5 == workflows.concurrency


def test_a_section_keeps_the_defaults_of_its_place_when_one_option_is_set() -> None:
    breaker = settings_of(
        None, circuit_breakers={"web_eval_agent": {"failure_threshold": 7}}
    ).circuit_breakers
    assert (7, 120.0) == (breaker.web_eval_agent.failure_threshold, breaker.web_eval_agent.recovery_timeout)
    assert (5, 60.0) == (breaker.codegen_api.failure_threshold, breaker.codegen_api.recovery_timeout)
