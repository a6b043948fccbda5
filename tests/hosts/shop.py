"""A project at a code host whose script may not be executed: its mode alone heals it, without a network."""

from __future__ import annotations

__all__ = ["FILES", "LOG", "SHOP", "WORKFLOW"]

SHOP = "octo/shop"
WORKFLOW = """\
name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ./check.sh
"""
FILES = {"check.sh": "#!/bin/sh\necho all is well\n", ".github/workflows/ci.yml": WORKFLOW}
LOG = """\
##[group]Run ./check.sh
./check.sh
shell: /usr/bin/bash -e {0}
##[endgroup]
/home/runner/work/_temp/0123.sh: line 1: ./check.sh: Permission denied
##[error]Process completed with exit code 126.
"""
"""What the host says of it."""
