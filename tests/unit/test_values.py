"""Tests of `values`: its dataclasses do what the standard ones do."""

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field, fields, replace

import pytest

from autonomous_cicd import values
from autonomous_cicd.values import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A value with positional fields."""

    x: int
    y: int = 2
    note: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A value with fields by name."""

    name: str
    points: list[Point] = field(default_factory=list)
    count: int = field(default=7, init=False)
    sides: tuple[int, ...] = field(default_factory=lambda: (1, 2), init=False)


@dataclass(slots=True)
class Counter:
    """Something that changes."""

    value: int = 0
    double: int = field(init=False)

    def __post_init__(self) -> None:
        self.double = 2 * self.value


@dataclass(frozen=True, slots=True)
class Named:
    """A value with methods of its own."""

    name: str

    def __repr__(self) -> str:
        return "mine"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.name.lower() == self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named2(Point):
    """A value that inherits fields."""

    z: int = 0


@dataclass(frozen=True, slots=True)
class Nothing:
    """A value without fields."""


@dataclasses.dataclass(frozen=True, slots=True)
class StandardPoint:
    """The same as `Point`, made by the standard decorator."""

    x: int
    y: int = 2
    note: str = field(default="", repr=False, compare=False)


def test_is_shown_like_a_standard_one() -> None:
    assert repr(StandardPoint(1, 3, "no")).removeprefix("Standard") == repr(Point(1, 3, "no"))


def test_is_built_from_positional_and_named_values() -> None:
    assert (1, 2, "") == (Point(1).x, Point(1).y, Point(1).note)
    assert Point(1, 5) == Point(y=5, x=1)
    standard, own = inspect.signature(StandardPoint).parameters, inspect.signature(Point).parameters
    assert [(one.name, one.default, one.kind) for one in standard.values()] == [
        (one.name, one.default, one.kind) for one in own.values()
    ]


def test_every_value_gets_defaults_of_its_own() -> None:
    first, second = Shape(name="a"), Shape(name="a")
    assert first.points is not second.points
    assert ([], 7, (1, 2)) == (first.points, first.count, first.sides)


@pytest.mark.parametrize(
    "call",
    [lambda: Point(), lambda: Point(1, 2, "", 4), lambda: Shape("a"), lambda: Shape(name="a", count=1)],  # type: ignore[call-arg]
)
def test_refuses_wrong_arguments(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError):
        call()


def test_is_equal_by_class_and_compared_fields() -> None:
    assert Point(1, 2, "a") == Point(1, 2, "b")
    assert Point(1) != Point(2)
    other: object = StandardPoint(1)
    assert Point(1) != other
    assert Nothing() == Nothing()
    assert Counter(1) == Counter(1)


def test_is_hashed_when_it_cannot_change() -> None:
    assert hash(Point(1, 2, "a")) == hash(Point(1, 2, "b"))
    assert 1 == len({Nothing(), Nothing()})
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())


def test_keeps_methods_that_the_class_has() -> None:
    assert "mine" == repr(Named("a"))
    assert Named("A") == Named("a")
    assert isinstance(hash(Named("a")), int)


def test_cannot_be_changed_when_frozen() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert 1 == point.x


def test_changes_when_it_is_not_frozen() -> None:
    counter = Counter(3)
    counter.value = 4
    assert (4, 6) == (counter.value, counter.double)


def test_has_slots_only() -> None:
    with pytest.raises(AttributeError):
        Counter().other = 1  # type: ignore[attr-defined]


def test_inherits_fields() -> None:
    assert ["x", "y", "note", "z"] == [one.name for one in fields(Named2)]
    assert "Named2(x=1, y=2, z=3)" == repr(Named2(1, z=3))


@pytest.mark.parametrize(
    "value", [Point(1, 3, "n"), Shape(name="a", points=[Point(1)]), Counter(2), Nothing()]
)
def test_can_be_copied_pickled_and_replaced(value) -> None:  # type: ignore[no-untyped-def]
    assert value == copy.copy(value)
    assert value == copy.deepcopy(value)
    assert value == pickle.loads(pickle.dumps(value))
    assert value == replace(value)


def test_replaces_some_fields() -> None:
    assert Point(1, 9) == replace(Point(1, 2), y=9)


def test_shows_a_value_that_holds_itself() -> None:
    shape = Shape(name="a")
    shape.points.append(shape)  # type: ignore[arg-type]
    assert "Shape(name='a', points=[...], count=7, sides=(1, 2))" == repr(shape)


def test_can_be_matched() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (1, 2) == (x, y)


def test_refuses_a_class_without_slots() -> None:
    with pytest.raises(TypeError, match="without slots"):
        values.dataclass(slots=False)
