from pathlib import Path

from tests.sites import MemorySite

from autonomous_cicd.actions.pre_commit import PreCommit

USES = "pre-commit/action@v3.0.1"
HAS = {"pre-commit --version": "pre-commit 4\n"}


def site(folder: Path, **more: dict[str, int] | dict[str, str]) -> MemorySite:
    made = MemorySite(folder, **more)  # type: ignore[arg-type]
    made.write(".pre-commit-config.yaml", "repos: []")
    return made


async def test_runs_all_hooks_over_all_files(tmp_path: Path) -> None:
    it = site(tmp_path, answers=HAS)
    outcome = await it.use(PreCommit(), USES)
    assert (True, True) == (outcome.passed, outcome.checked)
    always = ("--show-diff-on-failure", "--color=always")
    assert [("pre-commit", "install-hooks"), ("pre-commit", "run", *always, "--all-files")] == it.executed


async def test_a_failing_hook_is_a_failure(tmp_path: Path) -> None:
    it = site(tmp_path, answers=HAS, codes={"pre-commit run": 1})
    outcome = await it.use(PreCommit(), USES, extra__args="ruff --all-files")
    assert (False, "pre-commit: exit code 1") == (outcome.passed, outcome.reason)
    assert ("ruff", "--all-files") == it.executed[-1][-2:]


async def test_hooks_that_cannot_be_fetched_are_left_out(tmp_path: Path) -> None:
    outcome = await site(tmp_path, answers=HAS, codes={"pre-commit install": 3}).use(PreCommit(), USES)
    assert ("its hooks could not be fetched here", False) == (outcome.skipped, outcome.harmless)


async def test_pre_commit_is_installed_when_it_is_not_there(tmp_path: Path) -> None:
    it = site(tmp_path)
    assert (await it.use(PreCommit(), USES)).passed
    assert ("python", "-m", "pip", "install", "--quiet", "pre-commit") == it.executed[0]
    assert ("python", "-m", "pre_commit", "install-hooks") == it.executed[1]
    other = await site(tmp_path, codes={"python -m pip": 1}).use(PreCommit(), USES)
    assert "pre-commit could not be installed here" == other.skipped


async def test_without_a_configuration_it_fails_as_at_the_host(tmp_path: Path) -> None:
    outcome = await MemorySite(tmp_path).use(PreCommit(), USES)
    assert ".pre-commit-config.yaml is not a file" == outcome.reason
