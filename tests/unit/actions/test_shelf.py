from autonomous_cicd.actions.left_out import HARMLESS, MEANT
from autonomous_cicd.plugins import action, action_for


def test_every_name_is_taken_once_and_written_in_lower_case() -> None:
    names = [name for one in action.all() for name in one.names]
    assert sorted(names) == sorted(set(names))
    assert names == [name.lower() for name in names]
    assert all("@" not in name and name.count("/") >= 1 for name in names)


def test_an_action_is_found_by_its_path_its_repository_or_its_owner() -> None:
    assert action_for("github/codeql-action/analyze@v3") is action_for("GitHub/CodeQL-action@v3")
    assert action_for("codecov/anything@v9") is action_for("codecov/codecov-action@v4")
    assert action_for("actions/cache/restore@v4") is action_for("actions/cache@v4")
    assert action_for("nobody/nothing@v1") is None
    assert action_for("nothing") is None
    assert action_for("actions/cache@v4", ()) is None


def test_what_is_left_out_is_either_harmless_or_not() -> None:
    assert HARMLESS.keys().isdisjoint(MEANT)
