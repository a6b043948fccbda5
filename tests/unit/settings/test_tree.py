from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_cicd.settings.kinds import Misfit
from autonomous_cicd.settings.names import meanings, secret_variables, variables
from autonomous_cicd.settings.section import Reach
from autonomous_cicd.settings.tree import declared, parts, variable

GUIDES = Path(__file__).parents[3] / ".." / "shared" / "seeds"
NAMED = [
    "AUTO_FIX_CONFIDENCE_THRESHOLD",
    "AUTO_OPTIMIZE",
    "CODEGEN_API_TOKEN",
    "CODEGEN_ORG_ID",
    "CODEGEN_TOKEN",
    "GITHUB_REPOSITORY",
    "GITHUB_TOKEN",
    "LINEAR_API_KEY",
    "LOG_LEVEL",
    "MAINTENANCE_SCHEDULE",
    "MAX_AUTO_FIXES_PER_DAY",
    "PERFORMANCE_REGRESSION_THRESHOLD",
    "PERFORMANCE_THRESHOLD",
    "PREFECT_API_KEY",
    "PREFECT_LOGGING_LEVEL",
    "PREFECT_WORKSPACE",
    "SECURITY_PRIORITY",
    "SECURITY_SCAN_SCHEDULE",
    "SLACK_WEBHOOK_URL",
    "UPDATE_STRATEGY",
]


@pytest.mark.parametrize("path", declared())
def test_every_option_is_explained_and_its_default_fits(path: str) -> None:
    one = declared()[path]
    assert one.help[0].isupper()
    assert one.help.endswith((".", ")."))
    written = one.kind.write(one.default)
    if written not in (None, "", [], {}):
        try:
            assert one.default == one.kind.read(written)
        except Misfit as misfit:
            raise AssertionError(misfit.message) from misfit


@pytest.mark.parametrize("path", parts())
def test_every_section_is_explained(path: str) -> None:
    assert parts()[path].help.endswith(".")


def test_every_option_has_a_variable_of_its_own() -> None:
    assert len(declared()) == len({variable(path) for path in declared()})
    assert "AUTONOMOUS_CICD_STATE_DIR" == variable("state_dir")
    assert "AUTONOMOUS_CICD_PIPELINE_RESOURCE_LIMITS_CPU" == variable("pipeline.resource_limits.cpu")


def test_no_alias_is_taken_by_two_options() -> None:
    aliases = [alias for one in declared().values() for alias in one.aliases]
    assert len(set(aliases)) == len(aliases)


@pytest.mark.parametrize("name", NAMED)
def test_every_variable_of_the_guides_means_an_option(name: str) -> None:
    assert variables()[name] in declared()


def test_the_list_of_the_guides_variables_is_whole() -> None:
    """Whatever stands there as NAME=value, export NAME or a key in capitals."""
    if not GUIDES.is_dir():
        pytest.skip("the guides are not here")
    found: set[str] = set()
    for guide in GUIDES.glob("*.md"):
        for line in guide.read_text().splitlines():
            name = line.removeprefix("export ").partition("=")[0].partition(":")[0].strip("` |")
            if name.isupper() and "_" in name and name.replace("_", "").isalpha():
                found.add(name)
    assert found - set(NAMED) == set()


def test_every_secret_is_out_of_reach_of_a_project_file() -> None:
    for name in secret_variables():
        assert Reach.PROJECT is not declared()[variables()[name]].reach
    assert "GITHUB_TOKEN" in secret_variables()


def test_the_paths_of_the_operator_are_out_of_reach_of_a_project() -> None:
    for path in ("state_dir", "runner", "pipeline.environment", "integrations.database.url"):
        assert Reach.OPERATOR is declared()[path].reach


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        ("strategy", ["pipeline.strategy"]),
        ("timeout_minutes", ["pipeline.timeout_minutes"]),
        ("resource_limits", ["pipeline.resource_limits"]),
        ("quality_gates", ["quality_gates"]),
        ("time_constraints.max_duration", ["pipeline.timeout_minutes"]),
        (
            "confidence_threshold",
            ["error_detection.confidence_threshold", "self_healing.confidence_threshold"],
        ),
    ],
)
def test_a_key_has_the_meaning_that_the_guides_give_it(key: str, paths: list[str]) -> None:
    assert paths == [one.path for one in meanings()[key]]
