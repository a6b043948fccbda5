"""Run benchmarks by name, all of them without a name: `python -m benchmarks [NAME...] [--quick]`."""

from __future__ import annotations

import argparse
import importlib
import os

from benchmarks.contest import compile_bytecode, machine

__all__ = ["NAMES", "main"]

NAMES = (
    *("overhead", "sleeping", "cached", "start", "prediction", "real", "diagnosis", "scanning", "learning"),
    *("transient", "healing", "host_faults", "host_incidents", "webhooks", "storm", "soak"),
)
"""Modules of this folder; each has `main(quick)`."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure the program beside others.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; none: all")
    parser.add_argument("--quick", action="store_true", help="few tasks and rounds: to see that it works")
    parser.add_argument("--set", default="", metavar="NAME", help="of diagnosis: only this set of logs")
    options = parser.parse_args()
    if wrong := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(wrong))}; there are {', '.join(NAMES)}")
    if options.set and options.names != ["diagnosis"]:
        parser.error("--set is for diagnosis: `./run bench diagnosis --set NAME`")
    compile_bytecode()
    print(machine())
    for name in options.names or NAMES:
        print(f"\n## {name} (load {os.getloadavg()[0]:.1f})\n", flush=True)
        more = {"only": options.set} if options.set else {}
        importlib.import_module(f"benchmarks.{name}").main(options.quick, **more)
    print(f"\nload at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
