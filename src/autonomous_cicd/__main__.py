"""The program `autonomous-cicd`."""

from __future__ import annotations

import gc
import signal
import sys

from autonomous_cicd.sealed import seal

__all__ = ["main"]

OBJECTS = 100_000
"""Objects that may be made before Python looks for those that nobody needs: while modules are loaded it would
look for them in vain, over and over."""

INTERRUPTED = 130


def main() -> int:
    """Hide credentials from project code, then carry out the command line."""
    gc.set_threshold(OBJECTS)
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # it ends as Ctrl-C does, also this early
        environment = seal()
        from autonomous_cicd.cli.main import main as command_line

        code = command_line(environment=environment)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    gc.freeze()  # what is left goes with the process: nobody has to look through it
    return code


if __name__ == "__main__":
    sys.exit(main())
