"""The program `autonomous-cicd`."""

from __future__ import annotations

import sys

from autonomous_cicd.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
