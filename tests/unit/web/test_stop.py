"""The kill switch over the wire: whoever pulls it is told that it holds, whatever else fails."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import jsonschema
from tests.servers import ask, change, running

from autonomous_cicd.web.openapi import schemas

FULL = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'nothing fits'); END"


def test_it_is_stopped_also_where_nothing_can_be_noted(tmp_path: Path) -> None:
    with running(tmp_path) as (port, app):
        assert {"stopped": False} == change(port, "/api/stop", {"stopped": False}).json
        with contextlib.closing(sqlite3.connect(app.state / "store.db")) as store:
            store.execute(FULL)
        answer = change(port, "/api/stop", {"stopped": True})
        assert (200, True, True) == (answer.status, answer.json["stopped"], (app.state / "stopped").exists())
        assert "nothing fits" in answer.json["not_noted"]
        assert {"stopped": True} == ask(port, "/api/stop").json
        for told in (answer.json, {"stopped": True}):
            jsonschema.validate(told, schemas()["Stop"])
