"""Sees to it that nothing a run started survives us, even when we are killed without warning."""

from __future__ import annotations

import os
import subprocess

from autonomous_cicd.adapters.descendants import watching

__all__ = ["Watchdog"]

_SCRIPT = """
read -r word && exit 0
while :; do
  found=
  for file in $(grep -lsF -e "$1" /proc/[0-9]*/environ 2>/dev/null); do
    stat=
    read -r stat 2>/dev/null <"${file%environ}stat"
    set -- "$1" ${stat##*) }
    [ "${2:-Z}" = Z ] && continue
    pid=${file#/proc/}
    found="$found ${pid%/environ}"
    case "$4" in ''|0|1|*[!0-9]*) ;; *) found="$found -$4" ;; esac
  done
  [ "$found" ] || exit 0
  kill -9 $found 2>/dev/null
  sleep 0.05
done
"""
"""Waits for a word; when the pipe closes without one, kills all that carry the mark, and their groups."""


class Watchdog:
    """A small shell in a session of its own that outlives us if it must."""

    def __init__(self, mark: str, null: int) -> None:
        """Start it: `mark` begins the mark of every execution, `null` is the open null device."""
        reading, self._writing = os.pipe()
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "autonomous-cicd-watchdog", mark],
                stdin=reading,
                stdout=null,
                stderr=null,
                cwd="/",
                env={"PATH": "/usr/bin:/bin"},
                start_new_session=True,
            )
        finally:
            os.close(reading)
        process.returncode = 0
        self.pid = process.pid
        watching.add(self.pid)

    def quit(self) -> None:
        """Tell it that all is well, and wait for its end."""
        try:
            os.write(self._writing, b"quit\n")
        except BrokenPipeError:
            pass
        finally:
            os.close(self._writing)
        os.waitpid(self.pid, 0)
        watching.discard(self.pid)
