import pytest

from autonomous_cicd.domain.workflow import Step
from autonomous_cicd.domain.workflow_limits import changes_machine, missing_secrets, step_limit

CHANGES = {
    "sudo apt-get update": "`sudo apt-get update` would change this machine",
    "set -e\nFOO=1 apt-get install -y foo bar": "`apt-get install -y foo` would change this machine",
    "/usr/bin/sudo true": "`/usr/bin/sudo true` would change this machine",
    "dpkg -l | grep foo": "",
    "dpkg -i x.deb": "`dpkg -i x.deb` would change this machine",
    "command -v sudo || true": "",
    "echo 'run sudo apt-get install'": "",
    "docker compose up -d": "`docker compose up -d` needs a container engine",
    "docker --version": "",
    "git push origin main": "`git push origin main` would act on the world outside",
    "git push --dry-run": "",
    "npm publish": "`npm publish` would act on the world outside",
    "npm test": "",
}


@pytest.mark.parametrize(("script", "expected"), CHANGES.items())
def test_says_why_a_script_is_not_executed_here(script: str, expected: str) -> None:
    assert expected == changes_machine(script)


SECRETS = [
    (Step(run="echo ${{ secrets.API_KEY }} ${{ secrets.api_key }}"), ("API_KEY", "api_key")),
    (Step(run="x", env={"T": "${{ secrets.GITHUB_TOKEN }}", "U": "${{ github.token }}"}), ()),
    (Step(run="x", env={"T": "${{ secrets['MY-KEY'] }}"}), ("MY-KEY",)),
    (Step(run="x", env={"T": "${{ secrets.X || 'none' }}"}), ()),
    (Step(run="x", env={"T": "${{ 'secrets.X' }}"}), ()),
    (Step(run="echo secrets.X"), ()),
    (
        Step(uses="a/b@v1", inputs={"token": "${{ secrets.X }}", "list": ["${{ secrets.Y }}"], "n": 1}),
        ("X", "Y"),
    ),
    (Step(run="x", env={"T": "${{ secrets.XY || secrets.Z }}"}), ("Z",)),
]


@pytest.mark.parametrize(("step", "expected"), SECRETS)
def test_finds_the_secrets_that_a_step_cannot_do_without(step: Step, expected: tuple[str, ...]) -> None:
    assert expected == missing_secrets(step)


def test_names_the_secret_before_it_looks_at_the_script() -> None:
    assert "needs the secret A, which is not here" == step_limit(Step(run="sudo ${{ secrets.A }}"))
    assert "needs the secrets A, B, which are not here" == step_limit(
        Step(run="x ${{ secrets.A }} ${{ secrets.B }}")
    )
    assert "`sudo x` would change this machine" == step_limit(Step(run="sudo x"))
    assert "" == step_limit(Step(uses="actions/checkout@v4"))
