"""Processes: several that answer at one port; one that dies is replaced, and all end together."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

from autonomous_cicd.app import App
from autonomous_cicd.web.log_lines import tell
from autonomous_cicd.web.office import Journeys
from autonomous_cicd.web.server import Server

__all__ = ["serve_together"]

ENDS = 12.0
"""Seconds that the processes have to end in order."""
PAUSE = 1.0
"""Seconds before one that died is replaced."""


def serve_together(
    count: int,
    listening: socket.socket,
    project: Path,
    environment: Mapping[str, str],
    overrides: Mapping[str, object],
    journeys: Callable[[App], Journeys],
) -> None:
    """Serve with so many processes until a signal ends us. `journeys` is a function of a module."""
    stopped: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.append(number)

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    # A process that is forked from one with threads may hang: each begins anew.
    context = multiprocessing.get_context("spawn")

    def start(number: int) -> BaseProcess:
        given = (listening, project, dict(environment), dict(overrides), journeys, number == 0)
        process = context.Process(target=_process, args=given, name=f"server-{number}")
        process.start()
        return process

    processes = [start(number) for number in range(count)]
    try:
        while not stopped:
            time.sleep(0.1)  # a signal ends it early
            for number, one in enumerate(processes):
                if not one.is_alive() and not stopped:
                    tell("error", "a process died", code=one.exitcode)
                    time.sleep(PAUSE)
                    processes[number] = start(number)
    finally:
        _end(processes)
        for signal_number, handler in before.items():
            signal.signal(signal_number, handler)


def _end(processes: list[BaseProcess]) -> None:
    for one in processes:
        with contextlib.suppress(ProcessLookupError):
            one.terminate()
    deadline = time.monotonic() + ENDS
    for one in processes:
        one.join(max(0.0, deadline - time.monotonic()))
        if one.is_alive():
            one.kill()
            one.join()


def _process(
    listening: socket.socket,
    project: Path,
    environment: Mapping[str, str],
    overrides: Mapping[str, object],
    journeys: Callable[[App], Journeys],
    first: bool,
) -> None:
    """Be one of them."""
    listening.setblocking(False)
    with contextlib.closing(App.open(project, environment=environment, overrides=overrides)) as app:
        Server(app, journeys, catches_up=first).run(listening)
