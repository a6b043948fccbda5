"""Programs that would change the machine, replaced by ones that refuse and take a note."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.values import dataclass

__all__ = ["Guard"]

REFUSED = ("sudo", "su", "doas", "apt", "apt-get", "aptitude", "add-apt-repository", "snap", "yum", "dnf")
SCRIPT = """#!/bin/sh
echo "${0##*/} $*" >> "${0%/*}/../refused"
echo "${0##*/}: not executed here, it would change this machine" >&2
exit 126
"""
MOST = 20


@dataclass(slots=True)
class Guard:
    """Stands in front of the programs that would change the machine."""

    folder: Path
    seen: int = 0

    @property
    def bin(self) -> Path:
        """The folder to put on the PATH."""
        return self.folder / "bin"

    def set_up(self) -> None:
        """Write the programs."""
        self.bin.mkdir(parents=True, exist_ok=True)
        (self.folder / "refused").write_text("", encoding="utf-8")
        first = self.bin / REFUSED[0]
        first.write_text(SCRIPT, encoding="utf-8")
        first.chmod(0o755)
        for name in REFUSED[1:]:
            (self.bin / name).symlink_to(REFUSED[0])

    def refused(self) -> tuple[str, ...]:
        """Return what was refused since this was asked the last time."""
        note = self.folder / "refused"
        if note.is_symlink() or not note.is_file():
            return ()
        with note.open("rb") as stream:
            stream.seek(self.seen)
            new = stream.read(64 * 1024)
        self.seen += len(new)
        lines = new.decode("utf-8", "replace").splitlines()
        return tuple(dict.fromkeys(line.strip()[:120] for line in lines[:MOST]))
