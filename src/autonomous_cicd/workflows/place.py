"""A value in a document together with where it stands, for reading it with clear complaints."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from autonomous_cicd.documents import Document, nearest
from autonomous_cicd.domain.expression.evaluate import check
from autonomous_cicd.domain.expression.parse import CONTEXTS
from autonomous_cicd.domain.expression.values import is_primitive, to_text
from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import DocumentError, ExpressionError
from autonomous_cicd.values import dataclass

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a document; whatever is wrong with it is raised as DocumentError with file and line."""

    document: Document
    value: Json
    path: tuple[str | int, ...] = ()

    @property
    def line(self) -> int:
        """Line of the value, or of the key that it belongs to."""
        return self.document.line(*self.path)

    @property
    def name(self) -> str:
        """What the file calls it: `jobs.test.steps[0].run`."""
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return text.removeprefix(".") or "the file"

    def wrong(self, message: str, hint: str = "") -> DocumentError:
        """Return the error that says what is wrong here."""
        return DocumentError(f"{self.name} {message}", file=self.document.file, line=self.line, hint=hint)

    def get(self, key: str) -> Place:
        """Return the entry of a mapping; null when there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(self.document, value, (*self.path, key))

    def has(self, key: str) -> bool:
        """Tell whether a mapping has that key, be it empty."""
        return isinstance(self.value, dict) and key in self.value

    def only(self, keys: Collection[str]) -> Place:
        """Refuse keys other than these; return itself."""
        for key in self.mapping():
            if key not in keys:
                like = nearest(key, keys)
                raise self._unknown(
                    key, f"did you mean {like!r}?" if like else f"known are {', '.join(sorted(keys))}"
                )
        return self

    def spelt(self, keys: Collection[str]) -> Place:
        """Refuse keys that are one letter away from one of these; others may be newer; return itself."""
        for key in self.value if isinstance(self.value, dict) else ():
            if key not in keys and (like := min((one for one in keys if one_slip(key, one)), default="")):
                raise self._unknown(key, f"did you mean {like!r}?")
        return self

    def _unknown(self, key: str, hint: str) -> DocumentError:
        place = Place(self.document, None, (*self.path, key))
        message = f"{self.name} has the unknown key {key!r}"
        return DocumentError(message, file=self.document.file, line=place.line, hint=hint)

    def mapping(self) -> dict[str, Json]:
        """Return a mapping; an empty one for null."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.wrong("must be a mapping", "write `name: value` lines below it")
        return self.value

    def variables(self, contexts: frozenset[str] = CONTEXTS) -> dict[str, Json]:
        """Return a mapping of plain values; one that is an expression is kept under `${{ insert }}`."""
        if isinstance(self.value, str) and "${{" in self.value:
            return {"${{ insert }}": self.expression(contexts)}
        for entry in self.entries():
            entry.scalar(contexts)
        return self.mapping()

    def entries(self) -> Iterator[Place]:
        """Yield the entries of a mapping, or the items of a list."""
        if isinstance(self.value, list):
            for number, item in enumerate(self.value):
                yield Place(self.document, item, (*self.path, number))
        else:
            for key, item in self.mapping().items():
                yield Place(self.document, item, (*self.path, key))

    def items(self) -> list[Place]:
        """Return the items of a list; none for null."""
        if self.value is not None and not isinstance(self.value, list):
            raise self.wrong("must be a list", "begin each item with `- `")
        return list(self.entries()) if self.value else []

    def text(self, contexts: frozenset[str] = CONTEXTS) -> str:
        """Return a plain value as text; the expressions in it must parse."""
        return to_text(self.scalar(contexts))

    def scalar(self, contexts: frozenset[str] = CONTEXTS) -> Json:
        """Return a plain value; the expressions in it must parse."""
        if not is_primitive(self.value):
            raise self.wrong("must be a single value", "write it on one line, or as a block after `|`")
        return self.expression(contexts)

    def expression(self, contexts: frozenset[str] = CONTEXTS, *, bare: bool = False) -> Json:
        """Return the value as it is; the expressions in it must parse and name these contexts only."""
        try:
            check(self.value, bare=bare, contexts=contexts)
        except ExpressionError as error:
            raise self.wrong(f"has a wrong expression: {error}", error.hint) from None
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of plain values, or the only one, as texts."""
        if isinstance(self.value, list):
            return tuple(item.text() for item in self.entries())
        return () if self.value is None else (self.text(),)
