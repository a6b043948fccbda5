"""Connection: what the store needs of a database, and which it speaks to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from autonomous_cicd.adapters.records import Row
from autonomous_cicd.errors import Unavailable

__all__ = ["Connection", "undamaged"]


class Connection(Protocol):
    """One connection to a database; several threads may use it in turn.

    Statements are written with `?` for a value. Every method raises Unavailable or Unauthorized, with the
    place and the remedy, when the database does not do what it was asked.
    """

    @property
    def name(self) -> str:
        """What to call the database in a message; without credentials."""
        ...

    @property
    def remedy(self) -> str:
        """What helps when its content is damaged."""
        ...

    @property
    def key(self) -> str:
        """How a column is declared that numbers the rows."""
        ...

    @property
    def joined(self) -> str:
        """The function that joins numbers with commas, as a pattern: `{0}` stands for the column."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Keep other writers out, then make everything inside durable, or nothing of it."""
        ...

    def probe(self, seconds: float) -> None:
        """Begin a transaction and end it without a change; raise when that takes longer than so."""
        ...

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return what a statement finds."""
        ...

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Carry out a statement; return how many rows it changed."""
        ...

    def change_many(self, statement: str, rows: Iterable[Row]) -> None:
        """Carry out a statement for each of the rows."""
        ...

    def has_table(self, table: str) -> bool:
        """Return whether there is such a table."""
        ...

    def prepare(self) -> None:
        """Make room for the tables; called in the transaction that makes them."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


@contextmanager
def undamaged(db: Connection) -> Iterator[None]:
    """Say plainly when what was read makes no sense."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unavailable(f"the store {db.name} is damaged ({error})", hint=db.remedy) from error
