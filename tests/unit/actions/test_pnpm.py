from pathlib import Path

import pytest
from tests.sites import MemorySite

from autonomous_cicd.actions.pnpm import SetupPnpm
from autonomous_cicd.domain.machine import Machine

USES = "pnpm/action-setup@v4"
HAS = Machine(programs={"pnpm": "/usr/bin/pnpm"})
ANSWERS = {"pnpm --version": "9.1.0\n"}


@pytest.mark.parametrize("version", ["9", "9.1.0", "latest"])
async def test_takes_the_machine_s_pnpm_when_it_suits(tmp_path: Path, version: str) -> None:
    site = MemorySite(tmp_path, HAS, answers=ANSWERS)
    outcome = await site.use(SetupPnpm(), USES, version=version)
    assert outcome.passed
    assert [] == site.executed
    assert str(site.home / "setup-pnpm/node_modules/.bin") == site.variables["PNPM_HOME"]


async def test_installs_another_version_into_the_job_s_folder(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, HAS, answers=ANSWERS)
    site.write("package.json", '{"packageManager": "pnpm@8.15.4+sha256.abc"}')
    outcome = await site.use(SetupPnpm(), USES, run__install="true")
    assert outcome.passed
    prefix = f"--prefix={site.tools / 'pnpm'}"
    assert [("npm", "install", "--global", prefix, "pnpm@8.15.4"), ("pnpm", "install")] == site.executed
    assert site.tools / "pnpm/bin" in site.path


async def test_what_cannot_be_installed_leaves_the_job_unchecked(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, codes={"npm install": 1})
    assert "pnpm 9 could not be installed" in (await site.use(SetupPnpm(), USES, version="9")).not_checked


async def test_a_failing_install_of_the_project_is_a_failure(tmp_path: Path) -> None:
    site = MemorySite(tmp_path, HAS, answers=ANSWERS, codes={"pnpm install": 1})
    outcome = await site.use(SetupPnpm(), USES, version="9", run__install="- recursive: true")
    assert (False, "pnpm install failed") == (outcome.passed, outcome.reason)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"packageManager": "yarn@4"}'])
async def test_a_version_is_needed(tmp_path: Path, text: str) -> None:
    site = MemorySite(tmp_path)
    site.write("package.json", text)
    assert "No pnpm version is specified." == (await site.use(SetupPnpm(), USES)).reason


async def test_a_version_is_no_option(tmp_path: Path) -> None:
    outcome = await MemorySite(tmp_path).use(SetupPnpm(), USES, version="--help")
    assert "'--help' is no version of pnpm" == outcome.reason
