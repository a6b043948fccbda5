"""The program `autonomous-cicd`."""

from __future__ import annotations

import sys

from autonomous_cicd.sealed import seal

__all__ = ["main"]


def main() -> int:
    """Hide credentials from project code, then carry out the command line."""
    environment = seal()
    from autonomous_cicd.cli.main import main as command_line

    return command_line(environment=environment)


if __name__ == "__main__":
    sys.exit(main())
