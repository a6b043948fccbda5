"""Serve: what `autonomous-cicd serve` does."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.journeys.service import Service
from autonomous_cicd.web.office import Journeys, NoJourneys
from autonomous_cicd.web.processes import serve_together
from autonomous_cicd.web.server import Server, bind, check

__all__ = ["serve"]


def serve(project: Path, environment: Mapping[str, str], overrides: Mapping[str, object]) -> None:
    """Serve until a signal ends us. Raises UsageError when it must not start like this."""
    with contextlib.closing(App.open(project, environment=environment, overrides=overrides)) as app:
        check(app)
        own = app.settings.server
        with contextlib.closing(bind(own.host, own.port)) as listening:
            line = f"listening at {_address(listening)}"
            if not app.settings.integrations.github.webhook_secret:
                line += " (no webhook secret is set: deliveries are refused)"
            if own.workers == 1:
                Server(app, journeys).run(listening, ready=lambda: print(line, flush=True))
                return
            app.store.flush()  # the tables are made once, before several need them
            print(line, flush=True)
            serve_together(own.workers, listening, project, environment, overrides, journeys)


def journeys(app: App) -> Journeys:
    """Return who does what follows from events; without credentials of the code host nothing can."""
    own = app.settings.integrations.github
    return Service(app) if own.token or own.app_id else NoJourneys(app)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
