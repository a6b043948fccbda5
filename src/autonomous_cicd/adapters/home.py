"""A private home for project code: the configuration of package managers, without their credentials."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["furnish"]

FILES = {
    ".npmrc": (".npmrc",),
    ".config/pip/pip.conf": (".config/pip/pip.conf", ".pip/pip.conf"),
    ".config/uv/uv.toml": (".config/uv/uv.toml",),
    ".yarnrc.yml": (".yarnrc.yml",),
    ".cargo/config.toml": (".cargo/config.toml",),
}
"""Where a package manager looks, and where the user may have its configuration."""
CACHES = {
    "UV_CACHE_DIR": "uv",
    "PIP_CACHE_DIR": "pip",
    "npm_config_cache": "npm",
    "YARN_CACHE_FOLDER": "yarn",
}
"""Variables that say where downloads are kept: in a folder of ours, so that the user's is not touched."""
TOOL_CHAINS = {"RUSTUP_HOME": ".rustup"}
"""Variables that say where tool chains are installed, which a new home does not have."""
AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Where systems keep the certificate authorities that they trust, a company's own among them."""
LENT = ("uv", "uvx")
SECRET = re.compile(r"_auth|_password|token|password|secret|credential", re.IGNORECASE)
USER_INFO = re.compile(r"(?<=://)[^/@\s\"']+@")
MOST = 100_000


def furnish(
    home: Path, downloads: Path, environment: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Make a home; return `names` with the variables that point project code to it and to `downloads`.

    `environment` is the user's own: from it the user's home is known, and read.
    """
    home.mkdir(parents=True, mode=0o700)
    temporary = home.parent / "tmp"
    temporary.mkdir(mode=0o700)
    downloads.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = Path(environment.get("HOME", "/nonexistent"))
    for name, candidates in FILES.items():
        text = next((text for place in candidates if (text := _read(own / place))), "")
        if text:
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_harmless(text), encoding="utf-8")
    caches = {name: str(downloads / folder) for name, folder in CACHES.items()}
    places = {"HOME": str(home), "TMPDIR": str(temporary), "NPM_CONFIG_PREFIX": str(home / ".npm-global")}
    quiet = {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_PROGRESS": "1",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    if any(Path(place).exists() for place in AUTHORITIES):
        quiet["UV_SYSTEM_CERTS"] = "1"
    tools = {name: str(own / folder) for name, folder in TOOL_CHAINS.items() if (own / folder).is_dir()}
    public = {name: value for name, value in names.items() if not name.startswith("XDG_")}
    path = {"PATH": _lend(home.parent / "bin", names.get("PATH", ""))}
    return {**tools, **public, **caches, **places, **quiet, **path, "PIP_NO_INPUT": "1", "CI": "true"}


def _lend(folder: Path, path: str) -> str:
    """Return a search path on which the installer is found that came with us, where there is no other."""
    own = Path(sys.executable).parent
    lent = [name for name in LENT if (own / name).exists() and not shutil.which(name, path=path)]
    if not lent:
        return path
    folder.mkdir(mode=0o700)
    for name in lent:
        (folder / name).symlink_to(own / name)
    return f"{path}{os.pathsep}{folder}"


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MOST)
    except OSError:
        return ""


def _harmless(text: str) -> str:
    """Return a configuration without the lines that hold credentials, and addresses without theirs."""
    kept = [line for line in text.splitlines() if not SECRET.search(line.partition("=")[0])]
    return "".join(f"{USER_INFO.sub('', line)}\n" for line in kept)
