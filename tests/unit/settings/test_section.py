from __future__ import annotations

import pytest

from autonomous_cicd.settings.kinds import Flag, Misfit, Text, Whole
from autonomous_cicd.settings.section import Change, Section, option, read_section, section


class Wheel(Section):
    """A wheel."""

    size: int = option(default=26, kind=Whole(1, 99), help="Inches.", aliases=("inches", "WHEEL_SIZE"))
    tubeless: bool = option(default=False, kind=Flag(), help="Without a tube.")


class Bicycle(Section):
    """A bicycle."""

    colour: str = option(default="red", kind=Text(), help="Colour.")
    front: Wheel = section(default=Wheel, help="Front wheel.")
    rear: Wheel = section(default=Wheel, help="Rear wheel.", changes={"size": Change(28, ("REAR_SIZE",))})


def test_options_and_sections_have_the_defaults_of_their_place() -> None:
    bicycle = Bicycle()
    assert ("red", 26, 28, False) == (
        bicycle.colour,
        bicycle.front.size,
        bicycle.rear.size,
        bicycle.rear.tubeless,
    )
    assert (28, ("REAR_SIZE",)) == (
        Bicycle.parts["rear"].options()["size"].default,
        Bicycle.parts["rear"].options()["size"].aliases,
    )


def test_values_can_be_given() -> None:
    assert 20 == Bicycle(front=Wheel(size=20)).front.size


def test_a_value_that_is_no_option_is_refused() -> None:
    with pytest.raises(TypeError, match="Wheel has no colour"):
        Wheel(colour="red")  # type: ignore[call-arg]


def test_sections_are_frozen() -> None:
    wheel = Wheel()
    with pytest.raises(AttributeError, match="frozen"):
        wheel.size = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del wheel.size
    assert 26 == wheel.size


def test_sections_are_equal_by_their_values() -> None:
    assert Wheel(size=26) == Wheel()
    assert Wheel(size=27) != Wheel()
    assert Wheel() != "Wheel(size=26, tubeless=False)"
    assert 1 == len({Wheel(), Wheel(size=26)})
    assert "Wheel(size=26, tubeless=False)" == repr(Wheel())


def test_a_changed_copy_leaves_the_original() -> None:
    wheel = Wheel()
    assert (20, 26) == (wheel.changed(size=20).size, wheel.size)


def test_a_subclass_keeps_the_options_and_adds_its_own() -> None:
    class Tandem(Bicycle):
        seats: int = option(default=2, kind=Whole(), help="Seats.")

    assert ("red", 28, 2) == (Tandem().colour, Tandem().rear.size, Tandem().seats)


def test_a_section_is_read_by_name_and_by_alias() -> None:
    assert Wheel(size=20) == read_section(Wheel, {"inches": "20", "tubeless": None})


@pytest.mark.parametrize(
    ("raw", "message", "path"),
    [
        ([], "expected a mapping, got a list", ()),
        ({"siez": 1}, "'siez' is not known", ("siez",)),
        ({"WHEEL_SIZE": 1}, "'WHEEL_SIZE' is not known", ("WHEEL_SIZE",)),
        ({"size": 1, "inches": 1}, "inches says size a second time", ("inches",)),
        ({"inches": 100}, "expected a whole number from 1 to 99, got 100", ("inches",)),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(raw: object, message: str, path: tuple[str, ...]) -> None:
    with pytest.raises(Misfit) as caught:
        read_section(Wheel, raw)
    assert (message, path) == (caught.value.message, caught.value.path)
