"""Speaks git with repositories that are hostile: everything is forbidden that asking might start.

The one module that starts git.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from autonomous_cicd.adapters.descendants import MARK
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.values import dataclass

__all__ = ["GitRefused", "Repository", "absolute_path"]

_SAFE = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.attributesFile": "/dev/null",
    "core.sshCommand": "false",
    "core.gitProxy": "false",
    "core.pager": "cat",
    "core.editor": "false",
    "core.askPass": "true",
    "core.ignoreStat": "false",
    "core.trustctime": "true",
    "core.checkStat": "default",
    "credential.helper": "",
    "diff.external": "",
    "gpg.program": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "safe.directory": "*",
    "submodule.recurse": "false",
}
"""Settings that overrule whatever the checkout's own configuration says."""
_PROOF = ("core.hookspath", "/dev/null")
"""A setting of ours as git lists it: a git that does not list it would not obey the others either."""
_ENV = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ASKPASS": "true",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    MARK: "git",  # no task left it behind
}
_OF_NETWORK = (
    "ALL_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
)
"""What says how others are reached, and whom to believe."""
_DRIVERS = {"filter": ("clean", "smudge", "process", "required"), "diff": ("command", "textconv")}
"""What a configuration can name to be started for files that `.gitattributes` chooses."""
_MOST_DRIVERS = 200
_groups: set[int] = set()
"""Processes that ended, and may have left some of theirs to us."""


def absolute_path(path: str | None = None) -> str:
    """Return of a search path, by default our own, what does not depend on the current folder."""
    path = os.environ.get("PATH", os.defpath) if path is None else path
    return os.pathsep.join(one for one in path.split(os.pathsep) if one.startswith("/"))


class GitRefused(UsageError):
    """Raised when git says that it cannot do something; `said` is all that it says, as it says it."""

    def __init__(self, top: str, said: bytes) -> None:
        super().__init__(
            f"git cannot read the repository in {top}: {_said(said)}",
            hint="`git status` and `git fsck` in that folder tell more",
        )
        self.said = said[:20_000].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree that can be asked about, with everything forbidden that asking might start."""

    top: str
    path: str
    timeout: float
    overrides: Mapping[str, str] = field(default_factory=lambda: _SAFE)
    config: Mapping[str, str] = field(default_factory=dict)
    protocol: str = ""
    """The one protocol that it may speak with others, `https` or `http`; "" is none."""

    def speaking(self, protocol: str, settings: Mapping[str, str], timeout: float) -> Repository:
        """Return it with leave to speak with others, by one protocol, with these settings, in that time."""
        own = {**self.overrides, "http.followRedirects": "false", **settings}
        return replace(self, overrides=own, protocol=protocol, timeout=timeout)

    def made_safe(self) -> Repository:
        """Find out what it is configured to start, and forbid that as well."""
        config = dict(_key_and_value(one) for one in self.ask("config", "--list", "-z"))
        if config.get(_PROOF[0]) != _PROOF[1]:
            raise Unavailable(
                "this git is too old to be told what not to do", hint="install git 2.31 or newer"
            )
        named = {_driver(key) for key in config} - {""}
        if len(named) > _MOST_DRIVERS:
            raise UsageError(f"{self.top}/.git/config names {len(named)} filters", hint="remove some of them")
        off = {
            f"{name}.{key}": "false" if key == "required" else ""
            for name in named
            for key in _DRIVERS[name.partition(".")[0]]
        }
        return replace(self, overrides={**_SAFE, **off}, config=config)

    def ask(self, *arguments: str, told: str = "") -> list[str]:
        """Return the records that a git command prints, each ended by a NUL; `told` is what it reads.

        Raises UsageError with what git says when it fails, Unavailable when it cannot be started.
        """
        with self._started(arguments) as process, self._in_time(process):
            output, said = process.communicate(os.fsencode(told))
        if process.returncode:
            raise GitRefused(self.top, said)
        return _records(output)

    def ask_bounded(self, most: int, *arguments: str) -> list[str] | None:
        """Return the records that a git command prints; None when they have more than so many bytes."""
        with self._started(arguments) as process, self._in_time(process):
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            output = process.stdout.read(most + 1)
            if len(output) > most:
                _end(process)
                return None
            said = process.stderr.read() if process.stderr else b""
            process.wait()
        if process.returncode:
            raise GitRefused(self.top, said)
        return _records(output)

    def _started(self, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                ["git", "--no-pager", *arguments],
                cwd=self.top,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # whatever it starts ends with it
            )
        except FileNotFoundError as error:
            raise Unavailable(
                "git is not installed, or not on the PATH", hint="install git 2.31 or newer"
            ) from error
        except OSError as error:
            raise Unavailable(f"git cannot be started in {self.top}: {error}") from error

    @contextlib.contextmanager
    def _in_time(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """End git when it takes too long. Raises Unavailable then."""
        late = threading.Event()

        def end() -> None:
            late.set()
            _end(process)

        timer = threading.Timer(self.timeout, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if process.poll() is None:
                _end(process)
            _bury(process.pid)
        if late.is_set():
            raise Unavailable(f"git took longer than {self.timeout:g} s in {self.top}")

    def _environment(self) -> dict[str, str]:
        env = {
            **_ENV,
            "PATH": self.path,
            "GIT_DIR": f"{self.top}/.git",
            "GIT_WORK_TREE": self.top,
            "GIT_CONFIG_COUNT": str(len(self.overrides)),
            "GIT_ALLOW_PROTOCOL": self.protocol,
        }
        # Whoever speaks with others reads no credentials of the user's, which would be in his home.
        for name in _OF_NETWORK if self.protocol else ("HOME", "XDG_CONFIG_HOME"):
            if name in os.environ:
                env[name] = os.environ[name]
        for number, (key, value) in enumerate(self.overrides.items()):
            env[f"GIT_CONFIG_KEY_{number}"] = key
            env[f"GIT_CONFIG_VALUE_{number}"] = value
        return env


def _records(output: bytes) -> list[str]:
    return os.fsdecode(output).removesuffix("\0").split("\0") if output else []


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git, and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if process.poll() is None and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def _bury(group: int) -> None:
    """Take leave of what git started and did not wait for: we inherit it, and it would stay dead for ever."""
    _groups.add(group)
    for one in tuple(_groups):
        try:
            while os.waitpid(-one, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:  # nobody of it is left, and its number is free again
            _groups.discard(one)


def _driver(key: str) -> str:
    """Return the section of a setting that names what is to be started for some files, else nothing."""
    kind, _, rest = key.partition(".")
    return key.rpartition(".")[0] if kind in _DRIVERS and "." in rest else ""


def _key_and_value(record: str) -> tuple[str, str]:
    key, equals, value = record.partition("\n")
    return key, value if equals else "true"


def _said(text: bytes) -> str:
    """Return the first line of what git complained about, harmless to show."""
    lines = text.decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"]
    shown = "".join(sign if sign.isprintable() else "?" for sign in lines[0])
    return shown.removeprefix("fatal: ")[:300]
