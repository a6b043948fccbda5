"""Makes a tree of an expression, with the precedence and the limits of the host.

It keeps its own stacks, so that no nesting, however deep, exhausts Python's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from functools import lru_cache
from typing import TypeAlias

from autonomous_cicd.domain.expression.functions import SIGNATURES
from autonomous_cicd.domain.expression.lexer import Kind, Token, tokens
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.values import dataclass

__all__ = [
    "CONTEXTS",
    "MAX_DEPTH",
    "Call",
    "Comparison",
    "Index",
    "Literal",
    "Logical",
    "Name",
    "Node",
    "Not",
    "Wildcard",
    "children",
    "nodes",
    "parse",
]

MAX_DEPTH = 50
"""Most levels of a tree, as at the host."""

CONTEXTS = frozenset(
    {"env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner"}
    | {"secrets", "steps", "strategy", "vars"}
)
"""The contexts that the host knows."""

_PRECEDENCE = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "!": 5}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Json
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """A context, in lower case."""

    name: str
    position: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The `*` of an object filter; its own value is null."""

    value: None = None
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Index:
    """A property, an element or a filter of a value."""

    target: Node
    key: Node
    depth: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in lower case, with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    position: int
    depth: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a value's truth."""

    operand: Node
    depth: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared."""

    operator: str
    left: Node
    right: Node
    depth: int


@dataclass(frozen=True, slots=True)
class Logical:
    """Values of which `&&` or `||` chooses one."""

    operator: str
    operands: tuple[Node, ...]
    depth: int


Node: TypeAlias = "Literal | Name | Wildcard | Index | Call | Not | Comparison | Logical"


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node."""
    if isinstance(node, Index):
        return (node.target, node.key)
    if isinstance(node, Comparison):
        return (node.left, node.right)
    if isinstance(node, Not):
        return (node.operand,)
    if isinstance(node, Call):
        return node.arguments
    return node.operands if isinstance(node, Logical) else ()


def nodes(root: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


@lru_cache(maxsize=512)
def parse(expression: str) -> Node:
    """Return the tree of an expression. Raises ExpressionError with the position of what is wrong."""
    parser = _Parser(expression)
    for token in tokens(expression):
        parser.take(token)
    return parser.finish()


@dataclass(slots=True)
class _Open:
    """An operator that waits for its right side, or a bracket that waits for its end."""

    text: str
    position: int
    function: str = ""
    base: int = 0
    """How many operands there were before."""


@dataclass(slots=True)
class _Parser:
    """Reads tokens one by one; `value_expected` says which half of the grammar applies."""

    expression: str
    operands: list[Node] = field(default_factory=list)
    waiting: list[_Open] = field(default_factory=list)
    value_expected: bool = True
    last: Token | None = None
    name: Token | None = None
    """A name that may still turn out to be a function."""

    def take(self, token: Token) -> None:
        """Go on by one token."""
        if self.name:
            if token.text == "(":
                self._open_call(self.name, token)
                return
            self._context(self.name)
        if self.value_expected:
            self._operand(token)
        else:
            self._after_operand(token)
        self.last = token

    def finish(self) -> Node:
        """Return the tree."""
        if self.name:
            self._context(self.name)
        if self.last is None:
            raise ExpressionError("an expression was expected", hint="write one between `${{` and `}}`")
        while self.waiting and self.waiting[-1].text in _PRECEDENCE and not self.value_expected:
            self._reduce()
        if self.waiting or self.value_expected:
            raise self._error("unexpected end of expression after", self.last)
        return self.operands[0]

    def _operand(self, token: Token) -> None:
        if token.kind is Kind.NAME and self._is(self.last, "."):
            self._index(Literal(token.text))
        elif token.kind is Kind.LITERAL and not self._is(self.last, "."):
            self._push(Literal(token.value))
        elif token.kind is Kind.NAME:
            self.name = token
        elif token.text == "*" and self._is(self.last, "."):
            self._index(Wildcard())
        elif token.text == "*" and self._is(self.last, "["):
            self._push(Wildcard())
        elif token.text in ("!", "(") and not self._is(self.last, "."):
            self.waiting.append(_Open(token.text, token.position, base=len(self.operands)))
        elif token.text == ")" and self._is(self.last, "(") and self.waiting[-1].function:
            self._close_call(self.waiting.pop())
        else:
            raise self._error("unexpected symbol", token)

    def _after_operand(self, token: Token) -> None:
        if token.kind is Kind.OPERATOR and token.text != "!":
            self._binary(token)
        elif token.text in (".", "[") and self._indexable():
            if token.text == "[":
                self.waiting.append(_Open("[", token.position))
            self.value_expected = True
        elif token.text in (")", "]", ","):
            self._close(token)
        else:
            raise self._error("unexpected symbol", token)

    def _binary(self, token: Token) -> None:
        precedence = _PRECEDENCE[token.text]
        while self.waiting and _PRECEDENCE.get(self.waiting[-1].text, 0) >= precedence:
            self._reduce()
        self.waiting.append(_Open(token.text, token.position))
        self.value_expected = True

    def _close(self, token: Token) -> None:
        while self.waiting and self.waiting[-1].text in _PRECEDENCE:
            self._reduce()
        opened = self.waiting[-1] if self.waiting else _Open("", 0)
        if token.text == "," and opened.function:
            self.value_expected = True
        elif token.text == ")" and opened.function:
            self._close_call(self.waiting.pop())
        elif (opened.text, token.text) == ("(", ")"):
            self.waiting.pop()
        elif (opened.text, token.text) == ("[", "]"):
            self.waiting.pop()
            self._index(self.operands.pop())
        else:
            raise self._error("unexpected symbol", token)

    def _open_call(self, name: Token, token: Token) -> None:
        self.name = None
        if name.text.lower() not in SIGNATURES:
            raise self._error("unrecognized function", name)
        self.waiting.append(_Open("(", name.position, name.text.lower(), len(self.operands)))
        self.value_expected = True
        self.last = token

    def _close_call(self, opened: _Open) -> None:
        arguments = tuple(self.operands[opened.base :])
        del self.operands[opened.base :]
        least, most = SIGNATURES[opened.function]
        if not least <= len(arguments) <= most:
            message = "too few" if len(arguments) < least else "too many"
            raise self._wrong(f"{message} arguments for the function {opened.function!r}", opened.position)
        if opened.function == "case" and len(arguments) % 2 == 0:
            raise self._wrong("the function 'case' needs an odd number of arguments", opened.position)
        self._push(Call(opened.function, arguments, opened.position, self._deeper(*arguments)))

    def _context(self, name: Token) -> None:
        self.name = None
        self._push(Name(name.text.lower(), name.position))

    def _reduce(self) -> None:
        operator = self.waiting.pop().text
        right = self.operands.pop()
        if operator == "!":
            self._push(Not(right, self._deeper(right)))
            return
        left = self.operands.pop()
        if operator in ("&&", "||"):
            self._push(self._joined(left, operator, right))
        else:
            self._push(Comparison(operator, left, right, self._deeper(left, right)))

    def _joined(self, left: Node, operator: str, right: Node) -> Logical:
        """Make one node of `a && b && c`, whose depth does not grow with its length."""
        if isinstance(left, Logical) and left.operator == operator:
            depth = max(left.depth, self._deeper(right))
            return Logical(operator, (*left.operands, right), depth)
        return Logical(operator, (left, right), self._deeper(left, right))

    def _index(self, key: Node) -> None:
        target = self.operands.pop()
        self._push(Index(target, key, self._deeper(target, key)))

    def _push(self, node: Node) -> None:
        self.operands.append(node)
        self.value_expected = False

    def _indexable(self) -> bool:
        last = self.last
        return last is not None and (last.kind is Kind.NAME or last.text in (")", "]", "*"))

    def _deeper(self, *below: Node) -> int:
        depth = 1 + max((node.depth for node in below), default=0)
        if depth > MAX_DEPTH:
            raise ExpressionError(f"an expression has at most {MAX_DEPTH} levels", expression=self.expression)
        return depth

    @staticmethod
    def _is(token: Token | None, text: str) -> bool:
        return token is not None and token.kind is Kind.PUNCTUATION and token.text == text

    def _error(self, message: str, token: Token) -> ExpressionError:
        return self._wrong(f"{message} {token.text[:80]!r}", token.position)

    def _wrong(self, message: str, position: int) -> ExpressionError:
        return ExpressionError(message, expression=self.expression, position=position)
