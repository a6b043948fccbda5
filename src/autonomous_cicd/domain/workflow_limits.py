"""What of a workflow's steps is not done here, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.workflow import Json, Step

__all__ = ["changes_machine", "missing_secrets", "step_limit", "texts"]

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STRING = re.compile(r"'(?:[^']|'')*'")
INDEXED = re.compile(r"\bsecrets\s*\[\s*'([^']*)'\s*\]")
SECRET = re.compile(r"\bsecrets\s*\.\s*([A-Za-z_][\w-]*)(?!\w)(?!\s*\|\|)")
GIVEN = frozenset(("github_token",))
"""Secrets that the host itself makes: here they are empty, which fits a run without rights."""

MACHINE = frozenset(
    (
        *("sudo", "su", "doas", "apt", "apt-get", "aptitude", "dpkg", "add-apt-repository", "yum", "dnf"),
        *("apk", "pacman", "zypper", "snap", "brew", "choco", "systemctl", "service", "mount", "umount"),
        *(
            "modprobe",
            "sysctl",
            "useradd",
            "usermod",
            "adduser",
            "groupadd",
            "iptables",
            "reboot",
            "shutdown",
        ),
    )
)
READS = frozenset(
    (
        *(
            "apt list",
            "apt show",
            "apt-get --version",
            "dpkg -l",
            "dpkg -s",
            "dpkg -L",
            "dpkg --print-architecture",
        ),
        *(
            "dpkg --version",
            "systemctl status",
            "systemctl is-active",
            "sysctl -n",
            "sysctl -a",
            "brew --prefix",
        ),
    )
)
CONTAINERS = frozenset(("docker", "docker-compose", "podman", "buildah", "nerdctl", "kubectl", "minikube"))
OUTWARD = frozenset(
    (
        *("git push", "npm publish", "pnpm publish", "yarn publish", "twine upload", "uv publish"),
        *("poetry publish", "hatch publish", "flit publish", "pdm publish", "cargo publish", "gem push"),
        *("gh release", "gh pr", "gh issue", "gh api", "gh workflow", "gh run", "gh label", "gh auth"),
        *("aws s3", "gcloud auth", "netlify deploy", "vercel deploy", "semantic-release publish"),
    )
)
DRY = frozenset(("--dry-run", "-n", "--help", "--version"))


def step_limit(step: Step) -> str:
    """Return why a step is not carried out here: a secret it needs, or what it would do; "" when it is.

    Whether there is an implementation of the action that it `uses` is not asked here.
    """
    names = missing_secrets(step)
    if names:
        which = "secret {}, which is" if len(names) == 1 else "secrets {}, which are"
        return f"needs the {which.format(', '.join(names))} not here"
    return changes_machine(step.run or "")


def missing_secrets(step: Step) -> tuple[str, ...]:
    """Return the secrets that a step's own script, environment or inputs name, in order.

    The host's own token does not count, nor a secret with a default (`secrets.X || 'y'`).
    """
    names: dict[str, None] = {}
    for text in texts((step.run, step.working_directory, dict(step.env), dict(step.inputs))):
        for match in EXPRESSION.finditer(text):
            inner = STRING.sub("''", INDEXED.sub(r"secrets.\1", match.group(1)))
            names.update(dict.fromkeys(SECRET.findall(inner)))
    return tuple(name for name in names if name.lower() not in GIVEN)


def texts(values: Iterable[Json]) -> Iterator[str]:
    """Yield every text in these values."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from texts(value.values())
        elif isinstance(value, list):
            yield from texts(value)


def changes_machine(script: str) -> str:
    """Return why a script's commands are not executed here: they act on more than the job's own folder."""
    for words in commands(script):
        program = words[0].rsplit("/", 1)[-1]
        pair = " ".join((program, *words[1:2]))
        shown = " ".join(words[:4])
        if program in MACHINE and pair not in READS:
            return f"`{shown}` would change this machine"
        if program in CONTAINERS and len(words) > 1 and words[1] != "--version":
            return f"`{shown}` needs a container engine"
        if pair in OUTWARD and DRY.isdisjoint(words):
            return f"`{shown}` would act on the world outside"
    return ""
