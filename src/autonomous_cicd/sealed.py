"""Keeps credentials away from project code: out of our own environment, and out of that of the tasks.

Whoever runs as the same user can read `/proc/<pid>/environ` of our process, and what is there stays there
however `os.environ` is changed. So the program starts itself again with an environment that holds no
credential and gets the original one through a file that has no name.

What this cannot do: the processes above ours keep what they were started with, and a root user's tasks
can read any process's memory. The sandbox (`--runner sandbox`) shows tasks no process but their own.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Collection, Iterable, Mapping

__all__ = ["clean", "hide", "looks_secret", "seal"]

MARKER = "AUTONOMOUS_CICD_SEALED"
"""Names the descriptor that holds the original environment."""

_PR_SET_DUMPABLE = 4

_WORDS = (
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE",
    "CREDENTIAL", "WEBHOOK", "AUTH", "COOKIE", "DATABASE_URL", "CONNECTION_STRING", "HTTP_BASIC",
)  # fmt: skip
_PARTS = frozenset({"KEY", "KEYS", "PAT", "DSN", "PASS", "JWT", "BEARER"})
_PUBLIC = frozenset({"GOPRIVATE", "GPG_KEY", "COREPACK_INTEGRITY_KEYS"})
"""Names that only look like it; GPG_KEY is the fingerprint that Python images announce."""
_SHAPES = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "sk-", "sk_live_", "sk_test_", "rk_live_", "xoxb-",
    "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-", "glpat-", "AKIA", "ASIA", "npm_", "pypi-AgE", "hf_", "AIza",
    "lin_api_", "SG.", "dop_v1_", "eyJhbGciOi", "Bearer ", "Basic ", "-----BEGIN ",
)  # fmt: skip

_NAMES = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "PYENV_ROOT", "NVM_DIR", "VOLTA_HOME", "PNPM_HOME", "JAVA_HOME", "MAVEN_OPTS",
    "COREPACK_HOME", "COREPACK_INTEGRITY_KEYS", "COREPACK_NPM_REGISTRY",
    "MAVEN_ARGS", "GRADLE_OPTS", "GRADLE_USER_HOME", "RUSTUP_HOME", "RUSTUP_DIST_SERVER",
    "RUSTUP_UPDATE_ROOT", "GOPROXY", "GOFLAGS", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOPATH",
    "GOROOT", "GOCACHE", "GOMODCACHE", "GOTOOLCHAIN", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
})  # fmt: skip
_FAMILIES = (
    "LC_", "PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "YARN_", "CARGO_", "POETRY_", "PDM_", "BUN_CONFIG_",
)  # fmt: skip


def seal() -> dict[str, str]:
    """Return the environment that the program was started with, after making sure that nobody can read it.

    With anything in it that looks like a credential, the program is started again in the same process with
    a clean environment: call it before anything else, and only from the program itself.
    """
    handed = os.environ.pop(MARKER, None)
    if handed is not None:
        hide()
        return {**os.environ, **_take(handed)}
    original = dict(os.environ)
    public = {name: value for name, value in original.items() if not looks_secret(name, value)}
    if len(public) < len(original):
        _start_again(original, public)
    return original


def looks_secret(name: str, value: str = "") -> bool:
    """Say whether a variable looks like a credential, by its name or by its value."""
    return _secret_name(name) or _secret_value(value)


def clean(environment: Mapping[str, str], allowed: Collection[str] = ()) -> dict[str, str]:
    """Return what of an environment project code may see: a fixed list, and what the operator `allowed`."""
    kept = {
        name: value
        for name, value in environment.items()
        if name in allowed
        or ((name in _NAMES or name.startswith(_FAMILIES)) and not looks_secret(name, value))
    }
    if "PATH" not in allowed and "PATH" in kept:
        kept["PATH"] = _path(kept["PATH"])
    kept.setdefault("TERM", "dumb")
    return kept


def hide() -> None:
    """Let no other process of the same user read our memory, environment and open files."""
    importlib.import_module("ctypes").CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _secret_name(name: str) -> bool:
    upper = name.upper()
    if upper in _PUBLIC:
        return False
    plain = upper.replace("AUTHOR", "")
    return (
        any(word in plain for word in _WORDS)
        or not _PARTS.isdisjoint(plain.replace("-", "_").split("_"))
        or plain.endswith("_PWD")
    )


def _secret_value(value: str) -> bool:
    lower = value.lower()
    return (
        value.lstrip(" \"'").startswith(_SHAPES)
        or "password=" in lower
        or "authorization:" in lower
        or any(_names_user(rest) for rest in value.split("://")[1:])
    )


def _names_user(rest: str) -> bool:
    """Say whether what follows `://` begins with a user other than ssh's `git`."""
    server = rest
    for end in "/?# ,|":
        server = server.partition(end)[0]
    user, at, _ = server.rpartition("@")
    port = server.partition(":")[2]
    return user != "git" if at else "@" in rest and port != "" and not port.isdigit()


def _path(path: str) -> str:
    """Take our own virtual environment off a search path; put it last when only it has `uv`."""
    if sys.prefix == sys.base_prefix:
        return path
    own = os.path.join(sys.prefix, "bin")  # noqa: PTH118 - pathlib is not loaded yet
    places = [place for place in path.split(os.pathsep) if place.rstrip("/") != own]
    if len(places) < len(path.split(os.pathsep)) and _has_uv([own]) and not _has_uv(places):
        places.append(own)
    return os.pathsep.join(places)


def _has_uv(places: Iterable[str]) -> bool:
    return any(os.access(os.path.join(place, "uv"), os.X_OK) for place in places)  # noqa: PTH118 - as above


def _start_again(original: Mapping[str, str], public: Mapping[str, str]) -> None:
    """Replace this program by itself with another environment; returns only where that is impossible."""
    for name in original.keys() - public.keys():
        del os.environ[name]
    if not hasattr(os, "memfd_create") or not sys.executable:
        return
    hidden = b"\0".join(os.fsencode(f"{name}={value}") for name, value in original.items())
    descriptor = os.memfd_create("environment", 0)
    os.write(descriptor, hidden)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execve(  # noqa: S606 - the same program with the same arguments
            sys.executable,
            [sys.executable, *sys.orig_argv[1:]],
            {**public, MARKER: str(descriptor)},
        )
    except OSError:
        os.close(descriptor)


def _take(handed: str) -> dict[str, str]:
    """Read and close what the first start left; nothing when the marker is not ours."""
    try:
        descriptor = int(handed)
        if not os.readlink(f"/proc/self/fd/{descriptor}").startswith("/memfd:environment"):  # noqa: PTH115
            return {}
        hidden = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        os.close(descriptor)
    except (OSError, ValueError):
        return {}
    pairs = (os.fsdecode(pair).partition("=") for pair in hidden.split(b"\0") if pair)
    return {name: value for name, _, value in pairs}
