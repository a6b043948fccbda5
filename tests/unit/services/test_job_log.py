from autonomous_cicd.services.job_log import JobLog


def log() -> tuple[JobLog, list[bytes]]:
    said: list[bytes] = []
    return JobLog(said.append), said


def test_hands_on_whole_lines() -> None:
    it, said = log()
    it.feed(b"one\ntw")
    it.feed(b"o\n")
    it.feed(b"rest")
    it.end()
    it.end()
    assert b"one\ntwo\nrest\n" == b"".join(said)
    assert [b"one", b"two", b"rest"] == list(it.lines)


def test_masks_a_value_from_the_moment_it_is_announced() -> None:
    it, said = log()
    it.feed(b"hunter2\n::add-mask::hunter2\r\nit is hunter2!\n")
    assert b"hunter2\n::add-mask::***\r\nit is ***!\n" == b"".join(said)
    assert it.hides("xhunter2x")
    assert "***" == it.masked_text("hunter2")


def test_masks_every_line_of_a_value_and_the_longest_first() -> None:
    it, said = log()
    it.feed(b"::add-mask::one%0Atwo%25\n::add-mask::one1\n::add-mask:: \n")
    said.clear()
    it.feed(b"one two% one1 o n e\n")
    assert b"*** *** *** o n e\n" == b"".join(said)


def test_nothing_is_masked_where_nothing_is_announced() -> None:
    it, _ = log()
    assert "text" == it.masked_text("text")
    assert not it.hides("text")


def test_stopped_commands_are_only_text_until_the_token() -> None:
    it, _ = log()
    it.feed(
        b"::stop-commands::tok\n::add-mask::a\n::error::no\n::other::\n::tok::\n::error file=x,line=1::yes\n"
    )
    assert [] == it.masks
    assert ["yes"] == it.errors


def test_a_line_without_end_is_not_collected_for_ever() -> None:
    it, said = log()
    for _ in range(10):
        it.feed(b"x" * 30_000)
    assert len(said) >= 3


def test_a_new_step_begins_with_an_empty_memory() -> None:
    it, _ = log()
    it.feed(b"::error::a\n::stop-commands::t\n")
    it.begin()
    it.note("hello")
    assert ([b"hello"], [], b"") == (list(it.lines), it.errors, it.stopped)
