"""Set-up actions of other languages: the machine's own toolchain, when its version suits."""

from __future__ import annotations

import re

from autonomous_cicd.domain.version import satisfies
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action
from autonomous_cicd.values import dataclass

__all__ = ["Toolchains"]

ANY = frozenset(("", "stable", "latest", "oldstable", "default", "none"))


@dataclass(frozen=True, slots=True)
class Tool:
    """A toolchain, and how its version is found out."""

    title: str
    ask: tuple[str, ...]
    inputs: tuple[str, ...]
    """The inputs that may name a version, or a file with one."""
    pattern: str = r"(\d+(?:\.\d+){0,2})"


GO = Tool("Go", ("go", "version"), ("go-version", "go-version-file"), r"go(\d+(?:\.\d+){0,2})")
JAVA = Tool(
    "Java", ("java", "-version"), ("java-version", "java-version-file"), r'version "(\d+(?:\.\d+){0,2})'
)
RUST = Tool("Rust", ("rustc", "--version"), ("toolchain",))
RUBY = Tool("Ruby", ("ruby", "--version"), ("ruby-version",))
BUN = Tool("Bun", ("bun", "--version"), ("bun-version", "bun-version-file"))
DENO = Tool("Deno", ("deno", "--version"), ("deno-version", "deno-version-file"))
DOTNET = Tool(".NET", ("dotnet", "--version"), ("dotnet-version",))
TOOLS = {
    "actions/setup-go": GO,
    "actions/setup-java": JAVA,
    "actions/setup-dotnet": DOTNET,
    "dtolnay/rust-toolchain": RUST,
    "actions-rs/toolchain": RUST,
    "actions-rust-lang/setup-rust-toolchain": RUST,
    "moonrepo/setup-rust": RUST,
    "ruby/setup-ruby": RUBY,
    "oven-sh/setup-bun": BUN,
    "denoland/setup-deno": DENO,
}


@action
class Toolchains:
    """Accepts the machine's toolchain when it is what is asked for."""

    names = tuple(TOOLS)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Compare the installed version with the one that is asked for."""
        name, _, ref = call.uses.partition("@")
        tool = TOOLS["/".join(name.lower().split("/")[:2])]
        wanted = _wanted(tool, call, ref if name.lower() == "dtolnay/rust-toolchain" else "")
        printed = await call.site.ask(*tool.ask)
        match = re.search(tool.pattern, printed[:2000])
        if not match:
            return ActionOutcome(skipped=f"{tool.title} is not installed here; install it")
        have = match[1]
        if not _suits(have, wanted):
            return ActionOutcome(skipped=f"needs {tool.title} {wanted}, here is {have}; install that")
        call.site.say(f"{tool.title} {have} of this machine is used")
        return ActionOutcome(outputs={f"{tool.inputs[0]}": have, "cache-hit": "false", "version": have})


def _wanted(tool: Tool, call: ActionCall, ref: str) -> str:
    """Return the version that is asked for; the Rust action has it as its own version, too."""
    for name in tool.inputs:
        text = call.inputs.get(name, "").strip()
        if text:
            return _from_file(text, call.site) if name.endswith("-file") else text.splitlines()[0].strip()
    return "" if ref in ("master", "v1") or len(ref) == 40 else ref


def _from_file(name: str, site: JobSite) -> str:
    """Return the version that a file names."""
    text = site.read(name)
    match = (
        re.search(r"^(?:go|toolchain go)\s+(\d[\d.]*)", text, re.MULTILINE)
        if name.endswith("go.mod")
        else None
    )
    first = text.strip().splitlines()[:1]
    return f">={match[1]}" if match else first[0].strip() if first else ""


def _suits(have: str, wanted: str) -> bool:
    """Whether an installed version is what is asked for."""
    wanted = wanted.strip().strip("'\"").lower()
    if wanted in ANY or wanted.startswith("lts"):
        return True
    if wanted.startswith(("nightly", "beta", "canary")):
        return False
    major = wanted.split(".")[0]
    return satisfies(have, wanted, "node") or (wanted == major and have.split(".")[0] == major)
