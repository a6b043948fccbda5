"""What a job's matrix stands for: its combinations, by the code host's rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product

from autonomous_cicd.domain.expression.values import equal, to_text
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import UsageError
from autonomous_cicd.values import dataclass

__all__ = ["LIMIT", "Combination", "combinations", "expand", "label"]

LIMIT = 256
"""Most combinations of one matrix."""

_MAX_PRODUCT = 65_536
_MAX_LABEL = 100


@dataclass(frozen=True, slots=True)
class Combination:
    """One set of values of the `matrix` context."""

    values: dict[str, Json]
    shown: dict[str, Json]
    """Those that the host names the job after: all but what an `include` added to a combination."""


def combinations(matrix: Json) -> list[dict[str, Json]]:
    """Return the values of each combination of a matrix without expressions. Raises UsageError."""
    return [combination.values for combination in expand(matrix)]


def expand(matrix: Json) -> list[Combination]:
    """Return each combination of a matrix without expressions, in the host's order. Raises UsageError."""
    if not isinstance(matrix, Mapping):
        raise UsageError("a matrix must be a mapping", hint="write `matrix:` with a list under each name")
    vectors = _vectors(matrix)
    excludes = _filters(matrix, "exclude")
    for entry in excludes:
        _check_exclude(entry, vectors)
    includes = _filters(matrix, "include")
    if not vectors and not includes:
        raise UsageError("a matrix must define at least one vector", hint="write a list under a name")
    found = _crossed(vectors, excludes, includes)
    if len(found) > LIMIT:
        raise UsageError(
            f"a matrix has at most {LIMIT} combinations, this one has {len(found)}", hint="make it smaller"
        )
    return found


def label(job_name: str, shown: Json) -> str:
    """Return a job's name with the values of its combination, as the host shows it: `test (3.11)`."""
    segments = [text for text in map(to_text, _leaves(shown)) if text]
    name = f"{job_name} ({', '.join(segments)})" if segments else job_name
    return name if len(name) <= _MAX_LABEL else f"{name[: _MAX_LABEL - 3]}..."


def _vectors(matrix: Mapping[str, Json]) -> dict[str, list[Json]]:
    vectors: dict[str, list[Json]] = {}
    for name, values in matrix.items():
        if name in ("include", "exclude"):
            continue
        if not isinstance(values, list):
            raise UsageError(f"the matrix entry {name!r} must be a list", hint=f"write `{name}: [...]`")
        if not values:
            raise UsageError(f"the matrix entry {name!r} has no values", hint="add one, or remove the entry")
        vectors[name] = values
    if math.prod(map(len, vectors.values())) > _MAX_PRODUCT:
        raise UsageError(f"a matrix has at most {LIMIT} combinations", hint="make it smaller")
    return vectors


def _filters(matrix: Mapping[str, Json], name: str) -> list[dict[str, Json]]:
    entries = matrix.get(name)
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry for entry in entries):
        raise UsageError(f"the matrix's {name!r} must be a list of mappings", hint=f"write `{name}: [...]`")
    return [entry for entry in entries if isinstance(entry, dict)]


def _check_exclude(entry: dict[str, Json], vectors: Mapping[str, Json]) -> None:
    for name in entry:
        if name not in vectors:
            raise UsageError(
                f"the matrix excludes by {name!r}, which it does not have",
                hint=f"its names are {', '.join(vectors) or 'none'}",
            )


def _crossed(
    vectors: Mapping[str, list[Json]], excludes: list[dict[str, Json]], includes: list[dict[str, Json]]
) -> list[Combination]:
    found: list[Combination] = []
    matched: set[int] = set()
    for values in product(*vectors.values()) if vectors else ():
        shown = dict(zip(vectors, values, strict=True))
        if any(_matches(entry, shown) for entry in excludes):
            continue
        extra: dict[str, Json] = {}
        for number, entry in enumerate(includes):
            if _matches({name: value for name, value in entry.items() if name in vectors}, shown):
                matched.add(number)
                extra.update((name, value) for name, value in entry.items() if name not in vectors)
        found.append(Combination({**shown, **extra}, shown))
    alone = [entry for number, entry in enumerate(includes) if number not in matched]
    ordered = [dict(sorted(entry.items(), key=lambda item: item[0] not in vectors)) for entry in alone]
    return [*found, *(Combination(entry, entry) for entry in ordered)]


def _matches(wanted: Json, actual: Json) -> bool:
    """Tell whether every leaf of a filter loosely equals what stands at its place."""
    if isinstance(wanted, Mapping):
        return all(_matches(item, _entry(actual, name)) for name, item in wanted.items())
    if isinstance(wanted, list):
        return all(_matches(item, _element(actual, place)) for place, item in enumerate(wanted))
    return equal(actual, wanted)


def _entry(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _element(value: Json, place: int) -> Json:
    return value[place] if isinstance(value, list) and place < len(value) else None


def _leaves(value: Json) -> Iterator[Json]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            waiting.extend(reversed(list(item.values())))
        elif isinstance(item, list):
            waiting.extend(reversed(item))
        else:
            yield item
