"""Whether a script that needs a secret checks the project, or only carries something outside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.checks_run import checks
from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.workflow import Step
from autonomous_cicd.domain.workflow_limits import changes_machine, missing_secrets, step_limit, texts

__all__ = ["needs_secret"]

Words = tuple[str, ...]

_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*[A-Za-z_]|\[)")
_FAILS = re.compile(
    r"\b(?:exit|return)\s+(?!0\b)[\d$]|(?:^|[|&;{]|\bthen\b|\belse\b)\s*false\b", re.MULTILINE
)
_LEAVES = re.compile(r"\bexit\s+0\b|\breturn\b")

_PREPARES = frozenset(
    (
        *(
            "echo",
            "printf",
            "cat",
            "tee",
            "set",
            "export",
            "cd",
            "mkdir",
            "chmod",
            "base64",
            "umask",
            "source",
        ),
        *(
            "test",
            "[",
            "[[",
            ":",
            "true",
            "false",
            "exit",
            "return",
            "sleep",
            "ls",
            "pwd",
            "touch",
            "cp",
            "mv",
        ),
        *("rm", "jq", "yq", "sed", "tr", "cut", "openssl", "gpg", "ssh-keyscan", "ssh-add", "ssh-agent", "."),
        *("which", "type", "declare", "local", "unset", "shopt", "trap", "date", "hash", "security"),
    )
)
"""Programs that say nothing about a project: they print, decide, and put credentials in their place."""
_MANAGERS = frozenset(
    ("npm", "pnpm", "yarn", "poetry", "pip", "pip3", "uv", "pipx", "bundle", "gem", "composer")
)
_INSTALLS = frozenset(("install", "ci", "i", "add", "config", "sync", "set", "pip"))
_CARRIES = frozenset(
    (
        *(
            "publish",
            "unpublish",
            "deploy",
            "deployment",
            "upload",
            "uploader",
            "push",
            "release",
            "releases",
        ),
        *("login", "logout", "notify", "notification", "announce", "promote", "rollout", "webhook", "submit"),
        "send",
    )
)
"""Words of a command that carries something outside."""
_CARRIERS = frozenset(
    (
        *("ssh", "scp", "sftp", "rsync", "ftp", "lftp", "aws", "az", "gcloud", "gsutil", "doctl", "flyctl"),
        *("heroku", "netlify", "vercel", "wrangler", "surge", "firebase", "terraform", "pulumi", "helm"),
        *("serverless", "sls", "cdk", "ansible-playbook", "gh", "hub", "goreleaser", "semantic-release"),
        *(
            "ghp-import",
            "gh-pages",
            "mike",
            "vsce",
            "ovsx",
            "sentry-cli",
            "goveralls",
            "flit",
            "rclone",
            "s3cmd",
        ),
    )
)
"""Programs that carry something outside, whatever they are called with."""
_REPORTS = re.compile(r"codecov|coveralls|codacy|codeclimate|cc-test-reporter|deepsource|hooks\.slack\.com")
_SENDS = re.compile(
    r"-[A-Za-z]*[XdFT]\S*|--(?:request|data|form|upload|json|post|method|body)\S*|POST|PUT|PATCH|DELETE"
)
_RUNNERS = frozenset(
    (
        *(
            "make",
            "just",
            "rake",
            "cargo",
            "gradle",
            "gradlew",
            "mvn",
            "mvnw",
            "npm",
            "pnpm",
            "yarn",
            "twine",
        ),
        *("tox", "nox", "poetry", "hatch", "dotnet", "mix", "sbt", "lein", "stack", "composer", "bundle"),
    )
)
"""Checkers that do other things as well, as they are told."""
_MAKES = frozenset(("build", "dist", "docs", "doc", "html", "package", "bundle", "compile", "wheel", "sdist"))
"""Words of a command that only makes what is carried outside afterwards."""
_INTERPRETERS = re.compile(r"(?:ba|z|da)?sh|python[\d.]*|node|npx|ruby|perl|php|uvx?|run")


def needs_secret(step: Step) -> str:
    """Return why a script is not executed here by which the host would check the project; "" for all else.

    What only publishes, deploys, reports or notifies is no check, and what goes on without its secret does
    not need it. A script that fails by its own words without the secret says that the project wants it.
    """
    script = step.run or ""
    if not script or not missing_secrets(step) or str(step.continue_on_error).lower() == "true":
        return ""
    asked = _asked(step)
    return step_limit(step) if (_is_check(script) if asked is None else asked) else ""


def _asked(step: Step) -> bool | None:
    """Whether a script fails by its own words without the secret, or goes on; None when it does not ask."""
    script = step.run or ""
    names = [name for name, value in step.env.items() if _SECRET.search(" ".join(texts((value,))))]
    name = "|".join(map(re.escape, names)) or r"(?!)"
    value = (
        rf"[\"']?(?:\$(?:{name})\b|\$\{{(?:{name})\b[^}}]*\}}|\$\{{\{{[^}}]*\bsecrets\b[^}}]*\}}\}})[\"']?"
    )
    there = rf"(?:test|\[\[?)\s+(?:-n\s+)?{value}(?:\s*\]\]?)?"
    if re.search(rf"\$\{{(?:{name}):?\?", script) or re.search(rf"(?m)^\s*{there}\s*$", script):
        return True
    if not re.search(rf"-[zn]\s+{value}|{value}\s*(?:==?|!=)\s*(?:\"\"|'')|{there}", script):
        return None
    if _FAILS.search(script):
        return True
    return False if _LEAVES.search(script) or re.search(r"\bif\b", script) else None


def _is_check(script: str) -> bool:
    """Whether a script checks something of the project."""
    if changes_machine(script):
        return False
    called = [words for words in commands(script) if not _prepares(words)]
    rest = [words for words in called if not _carries(words)]
    if len(rest) == len(called):
        return bool(rest)
    return any(checks(words) and _MAKES.isdisjoint(_parts(words)) for words in rest)


def _prepares(words: Words) -> bool:
    program, first = words[0].rsplit("/", 1)[-1], words[1] if len(words) > 1 else ""
    if program == "git":
        return first not in ("push", "diff")
    return program in _PREPARES or program.startswith("-") or (program in _MANAGERS and first in _INSTALLS)


def _carries(words: Words) -> bool:
    """Whether a command carries something outside."""
    programs = {word.rsplit("/", 1)[-1] for word in words[:4]}
    if not programs.isdisjoint(_CARRIERS) or _REPORTS.search(" ".join(words)):
        return True
    if words[0] in ("curl", "wget", "http", "https", "xh"):
        return any(_SENDS.fullmatch(word) for word in words[1:])
    if checks(words) and programs.isdisjoint(_RUNNERS):
        return False
    return not _CARRIES.isdisjoint(_parts(words))


def _parts(words: Words) -> Iterator[str]:
    """Yield the parts of the words that say what a command does: `docs:deploy`, `./scripts/publish.sh`."""
    yield from re.split(r"[^a-z0-9]+", words[0].rsplit("/", 1)[-1].lower())
    told = _INTERPRETERS.fullmatch(words[0].rsplit("/", 1)[-1])
    for word in words[1:4]:
        if not word.startswith("-") and (told or not re.search(r"[/.]", word)):
            yield from re.split(r"[^a-z0-9]+", word.rsplit("/", 1)[-1].lower())
        if not word.startswith("-"):
            told = None if not (told and _INTERPRETERS.fullmatch(word)) else told
