"""A log is the lines of it that matter, by their numbers."""

from __future__ import annotations

from autonomous_cicd.domain.log import Log, Mark, Sign

GAPPED = {3: "c", 4: "d", 5: "e", 9: "i"}


def test_lines_are_counted_from_one() -> None:
    log = Log(["a", "b"])
    assert ("", "a", "b", "") == (log[0], log[1], log[2], log[3])
    assert (2, 2) == (log.count, len(log))


def test_a_log_knows_how_many_lines_it_had() -> None:
    log = Log(GAPPED, 20)
    assert (20, 4) == (log.count, len(log))
    assert (True, False) == (4 in log, 6 in log)


def test_an_empty_log() -> None:
    log = Log([])
    assert (0, 0, "") == (log.count, len(log), log[1])
    assert [] == [*log.after(0), *log.before(1)]
    assert [] == list(log.numbers())


def test_the_lines_below_end_where_one_is_absent() -> None:
    log = Log(GAPPED)
    assert [(4, "d"), (5, "e")] == list(log.after(3))
    assert [(4, "d")] == list(log.after(3, 1))
    assert [] == list(log.after(9))


def test_the_lines_above_come_from_the_nearest_on() -> None:
    log = Log(GAPPED)
    assert [(4, "d"), (3, "c")] == list(log.before(5))
    assert [(4, "d")] == list(log.before(5, 1))
    assert [(1, "a")] == list(Log(["a", "b"]).before(2))


def test_a_parser_does_not_look_into_other_steps() -> None:
    lines = ["##[group]Run ruff check", "a.py:1:1: F401", "##[group]Run pytest", "[Pipeline] sh"]
    whole, log = Log(lines), Log(lines).for_parsers([])
    assert [[], []] == [list(log.after(2)), list(log.before(2))]
    assert [3, 4] == [number for number, _ in whole.after(2)]


def test_the_numbers_of_the_kept_lines() -> None:
    log = Log({9: "i", 3: "c", 5: "e"})
    assert [3, 5, 9] == list(log.numbers())
    assert [5, 9] == list(log.numbers(4))
    assert ([3, 5], [5]) == (list(log.numbers(most=2)), list(log.numbers(4, 1)))


def test_the_command_that_printed_a_line_is_the_last_one_above() -> None:
    marks = [
        Mark(Sign.COMMAND, 2, "+ make"),
        Mark(Sign.STEP_PASSED, 3, "fine"),
        Mark(Sign.COMMAND, 5, "+ make test"),
    ]
    log = Log(["a"] * 9).for_parsers(marks)
    assert ["", "+ make", "+ make", "+ make test"] == [log.command(number) for number in (1, 3, 5, 9)]


def test_without_commands_none_is_known() -> None:
    assert "" == Log(["a"]).command(1)
