"""Rules are read with care: whatever would not work is refused, with the place and the next step."""

from __future__ import annotations

import pytest
from tests.failures import SMALL

from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.rules.load import rules_in, text_rules

GOOD = {
    "id": '"out-of-oil"',
    "pattern": "'the (?P<package>\\w+) is out of oil'",
    "category": '"environment"',
    "confidence": "0.8",
    "cause": '"{package} has no oil"',
}


def written(**changes: str) -> str:
    """Return a file with one rule, after a comment: its table begins in line 2."""
    lines = [f"{name} = {value}" for name, value in {**GOOD, **changes}.items() if value]
    return "\n".join(["# ours", "[[rule]]", *lines, ""])


def refused(text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        text_rules(text, "own.toml")
    assert "own.toml" == caught.value.file
    assert len(str(caught.value)) < 1500
    return caught.value


def test_what_is_usual_need_not_be_said() -> None:
    (rule,) = text_rules(written(), "own.toml")
    assert ("out-of-oil", Category.ENVIRONMENT, 0.8) == (rule.id, rule.category, rule.confidence)
    assert (Severity.HIGH, Role.CAUSE, "own.toml") == (rule.severity, rule.role, rule.source)
    assert rule.remedies


def test_everything_can_be_said() -> None:
    (rule,) = text_rules(
        written(
            severity='"low"',
            role='"hint"',
            remedies='["retry", "resource_adjustment/oil"]',
            unless='"almost"',
            match='["the engine is out of oil"]',
            miss='["the engine is out of gas", "almost the engine is out of oil"]',
        ),
        "own.toml",
    )
    assert (Severity.LOW, Role.HINT) == (rule.severity, rule.role)
    assert ("retry", "resource_adjustment/oil") == rule.remedies


def test_a_confidence_may_be_a_whole_number() -> None:
    assert 1.0 == text_rules(written(confidence="1"), "own.toml")[0].confidence


@pytest.mark.parametrize("text", ["", "# nothing\n", "rule = []\n"])
def test_a_file_may_have_no_rules(text: str) -> None:
    assert () == text_rules(text, "own.toml")


@pytest.mark.parametrize(
    ("changes", "line", "said", "hint"),
    [
        ({"catgory": '"lint"'}, 8, "unknown key 'catgory'", "did you mean 'category'?"),
        ({"zzz": '"lint"'}, 8, "unknown key 'zzz'", ""),
        ({"category": '"enviroment"'}, 5, "unknown category 'enviroment'", "did you mean 'environment'?"),
        ({"category": '"zzz"'}, 5, "unknown category 'zzz'", "one of: dependency_missing"),
        ({"severity": '"hihg"'}, 8, "unknown severity 'hihg'", "did you mean 'high'?"),
        ({"role": '"couse"'}, 8, "unknown role 'couse'", "did you mean 'cause'?"),
        ({"id": '"Out Of Oil"'}, 3, "is no id", "small letters"),
        ({"id": '"-x"'}, 3, "is no id", "small letters"),
        ({"id": "3"}, 3, "id is not a text", ""),
        ({"pattern": "['a']"}, 4, "pattern is not a text", ""),
        ({"confidence": '"high"'}, 6, "confidence is not a number", ""),
        ({"confidence": "true"}, 6, "confidence is not a number", ""),
        ({"confidence": "1.5"}, 6, "confidence 1.5 is not between 0 and 1", ""),
        ({"confidence": "-0.5"}, 6, "confidence -0.5 is not between 0 and 1", ""),
        ({"confidence": "nan"}, 6, "is not between 0 and 1", ""),
        ({"confidence": "inf"}, 6, "is not between 0 and 1", ""),
        ({"match": '"the engine is out of oil"'}, 8, "match is not a list", ""),
        ({"match": "[3]"}, 8, "match is not a list of texts", ""),
        ({"pattern": "'the (oil'"}, 4, "pattern is no pattern", "RE2's syntax"),
        ({"pattern": "'the oil(?=is out)'"}, 4, "pattern is no pattern", "no look-around"),
        ({"pattern": "'(the oil) \\1'"}, 4, "pattern is no pattern", "no back references"),
        ({"unless": "'(?<!x)oil'"}, 8, "unless is no pattern", "no look-around"),
        ({"pattern": f"'{'oil ' * 300}'"}, 4, "longer than 1000 characters", "several rules"),
        ({"pattern": "'(?P<package>.*)'"}, 4, "without any fixed text", "a word of 3 characters"),
        ({"cause": '"{engine} has no oil"'}, 7, "cause names {engine}", ""),
        ({"remedies": '["pray"]'}, 8, "unknown remedy 'pray'", "strategies: retry"),
        ({"match": '["the engine is fine"]'}, 8, "does not match its match 'the engine is fine'", ""),
        ({"miss": '["the engine is out of oil"]'}, 8, "matches its miss 'the engine is out of oil'", ""),
        (
            {"unless": '"engine"', "match": '["the engine is out of oil"]'},
            9,
            "does not match its match",
            "",
        ),
    ],
)
def test_what_would_not_work_is_refused_with_its_line(
    changes: dict[str, str], line: int, said: str, hint: str
) -> None:
    error = refused(written(**changes))
    assert line == error.line
    assert f"own.toml:{line}: " in str(error)
    assert said in str(error)
    assert hint in error.hint


@pytest.mark.parametrize("name", GOOD)
def test_what_is_needed_must_be_there(name: str) -> None:
    error = refused(written(**{name: ""}))
    assert (2, f"has no {name}") == (error.line, error.reason)


def test_the_line_is_that_of_the_right_rule() -> None:
    second = written(id='"second"', category='"nope"').split("\n", 1)[1]
    assert 12 == refused(f"{written()}\n{second}").line


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[[rules]]\n", 1, "unknown key 'rules'"),
        ("# x\n[rule]\nid = 'a'\n", 2, "'rule' is no list of tables"),
        ("rule = 3\n", 1, "'rule' is no list of tables"),
        ("rule = [3]\n", 1, "'rule' is no list of tables"),
        ("[[rule]\n", 1, "is not TOML"),
        ("[[rule]]\nid = 'a'\nid = 'b'\n", 3, "is not TOML"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, line: int, said: str) -> None:
    error = refused(text)
    assert said in str(error)
    assert line == error.line


def test_a_file_of_far_too_many_rules_is_refused() -> None:
    assert "has more than" in str(refused("[[rule]]\n" * 2001))


@pytest.mark.parametrize("pattern", ["'(?:oil+)+ (?:oil+)+$'", "'(oil|oil|oi.)*(a*)*(a*)* end'"])
def test_patterns_that_would_hang_others_are_fine(pattern: str) -> None:
    """They are tried in linear time."""
    text = written(pattern=pattern, cause='"no oil"', miss=f'["{"oil" * 20_000}!"]')
    assert 1 == len(text_rules(text, "own.toml"))


def test_a_pattern_that_grows_without_bound_is_refused() -> None:
    assert "pattern is no pattern" in str(
        refused(written(pattern="'oil(?:(?:a{999}){999}){999}'", cause='"x"'))
    )


def test_an_id_is_given_once_in_a_file_and_in_all_of_them() -> None:
    twice = f"{SMALL}\n{SMALL}"
    with pytest.raises(DocumentError, match=r"two rules 'no-host'"):
        rules_in([("a.toml", twice)], [])
    with pytest.raises(DocumentError, match=r"b\.toml: there are two rules 'no-host'") as caught:
        rules_in([("a.toml", SMALL), ("b.toml", SMALL)], [])
    assert "a.toml" in caught.value.hint


def test_an_id_of_ours_cannot_be_taken() -> None:
    with pytest.raises(DocumentError, match="two rules 'no-host'"):
        rules_in([("own.toml", SMALL)], text_rules(SMALL, "ours.toml"))


def test_the_rules_of_a_project_are_returned_without_ours() -> None:
    ours = text_rules(SMALL, "ours.toml")
    assert ["out-of-oil"] == [one.id for one in rules_in([("own.toml", written())], ours)]
