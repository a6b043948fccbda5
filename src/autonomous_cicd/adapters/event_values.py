"""Event values: an event as plain values for JSON, and back."""

from __future__ import annotations

import json
from dataclasses import fields

from autonomous_cicd.domain.event import Event

__all__ = ["event_from", "event_text"]

_FIELDS = tuple((one.name, one.default) for one in fields(Event) if one.name != "name")


def event_text(event: Event) -> str:
    """Return an event as JSON; what is as usual is left out."""
    told = {name: value for name, usual in _FIELDS if (value := getattr(event, name)) != usual}
    return json.dumps({"name": event.name, **told})


def event_from(text: str) -> Event:
    """Return the event of such a text. Raises ValueError or TypeError when it is damaged."""
    values = json.loads(text)
    if "labels" in values:
        values["labels"] = tuple(values["labels"])
    return Event(**values)
