"""What a diagnosis is told as: complete, readable by programs, and inert whatever a log says."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from tests.failures import a_diagnosis, a_failure
from tests.runs import EVIL

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.diagnosis import Failure, Place, Quote, Severity
from autonomous_cicd.services.diagnosis_report import TOLD, to_annotations, to_json, to_markdown, to_sarif

HOSTILE = [
    EVIL,
    "# heading",
    "@everyone and @octocat",
    "see #12 and https://evil.example/x",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "<script>alert(1)</script><img src=x onerror=y>",
    "``` \n```\n# out",
    "| a | b |",
    "~~~",
    "::error::forged",
    "ok%0A::set-output name=x::y",
    "line\r\n::stop-commands::x",
    "##[error]forged",
    "\x1b]0;t\x07\x1b[2J",
]


def hostile(text: str) -> Failure:
    """Return a failure in which everything that a log can say is this text."""
    return a_failure(
        text,
        cause=text,
        explanation=f"{text}: something happened.",
        evidence=(Quote(7, text), Quote(8, text)),
        effects=(Quote(9, text),),
        place=Place(file=text, line=3, test=text, package=text, step=text),
        files=(text,),
        tests=(text,),
        suspects=(text,),
    )


def test_what_was_not_wholly_read_is_said_in_every_format() -> None:
    cut = a_diagnosis(lines=1, notes=("it was cut",), unread=("it was cut",), outcome=Outcome.OPEN)
    told = [("a.log", cut), ("b.log", a_diagnosis())]
    value: Any = to_json(told)
    assert (["a.log"], ["it was cut"]) == (value["stats"]["unread"], value["stats"]["notes"])
    assert [] == value["results"]["b.log"]["stats"]["unread"]
    assert "::warning title=a.log was not wholly read::it was cut\n" == to_annotations(told)
    assert "No failure was found in the 1 line that could be read.\n\nNote: it was cut\n" in to_markdown(told)
    sarif: Any = to_sarif(told)
    (invocation,) = sarif["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert "a.log: it was cut" == invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_logs_of_one_name_are_both_told() -> None:
    value: Any = to_json(
        [("build", a_diagnosis(a_failure())), ("build", a_diagnosis()), ("build", a_diagnosis())]
    )
    assert ["build", "build (2)", "build (3)"] == list(value["results"])
    assert 1 == len(value["results"]["build"]["failures"])


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("src\\a.py", "src/a.py"),
        ("\x1b[31m", "log"),
        ("a b:c.log", "a%20b%3Ac.log"),
        ("x\udcff.log", "x.log"),
    ],
)
def test_a_log_of_any_name_has_a_place_in_sarif(name: str, uri: str) -> None:
    value: Any = to_sarif([(name, a_diagnosis(a_failure()))])
    (result,) = value["runs"][0]["results"]
    assert uri == result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_json_has_whatever_is_known_of_a_cause() -> None:
    failure = a_failure(place=Place(file="a.py", line=3, test="t"), effects=(Quote(9, "exit code 1"),))
    value: Any = to_json([("a.log", a_diagnosis(failure, notes=("half",)))], seconds=1.5)
    (found,) = value["failures"]
    assert ("network", "medium", 0.9, 7) == (
        found["category"],
        found["severity"],
        found["confidence"],
        found["line"],
    )
    assert ([7], ["no such host example.org"]) == (found["evidence_lines"], found["evidence"])
    assert ("a.py", 3, "t") == (found["file"], found["place"]["line"], found["place"]["test"])
    assert [{"line": 9, "text": "exit code 1"}] == found["effects"]
    assert ["retry"] == found["suggested_healing"]
    stats = value["stats"]
    assert (1, 100, 1000, 1, "failed", ["half"], 1.5) == tuple(
        stats[name] for name in ("logs", "lines", "bytes", "failures", "outcome", "notes", "seconds")
    )


def test_json_of_several_logs_tells_each_by_its_name() -> None:
    value: Any = to_json([("a", a_diagnosis(a_failure())), ("b", a_diagnosis())])
    assert ["a"] == [one["log"] for one in value["failures"]]
    assert ["failed", "passed"] == [value["results"][name]["outcome"] for name in ("a", "b")]
    assert ([], 2) == (value["results"]["b"]["failures"], value["stats"]["logs"])


def test_json_without_any_log_and_without_any_failure() -> None:
    nothing: Any = to_json([])
    passed: Any = to_json([("a", a_diagnosis(outcome=Outcome.OPEN))])
    assert ([], 0) == (nothing["failures"], nothing["stats"]["logs"])
    assert ([], "open") == (passed["failures"], passed["stats"]["outcome"])


@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_json_and_steers_no_terminal(text: str) -> None:
    written = json.dumps(to_json([(text, a_diagnosis(hostile(text)))]), ensure_ascii=False)
    written.encode()
    values: Any = json.loads(written)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", written)
    assert 1 == len(values["failures"])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_is_inert(text: str) -> None:
    """Outside of code there is nothing that a log has said."""
    page = to_markdown([(text, a_diagnosis(hostile(text)))])
    page.encode()
    outside = without_code(page)
    assert not re.search(r"[@#\[\]<>!`]|https?:|evil", re.sub(r"^#{2,3} ", "", outside, flags=re.MULTILINE))
    assert 2 == len(re.findall(r"^#+ ", outside, re.MULTILINE))


def without_code(page: str) -> str:
    """Return what is markup of a page: neither in blocks of code nor in code within a line."""
    kept, fence = [], ""
    for line in page.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif found := re.match(r"`{3,}", line):
            fence = found[0]
        else:
            kept.append(re.sub(r"<code>[^<`]*</code>|`[^`]*`", "", line))
    assert "" == fence
    return "\n".join(kept)


def test_a_table_keeps_its_two_columns() -> None:
    page = to_markdown([("a", a_diagnosis(hostile("a | b \\| c")))])
    rows = [line for line in page.split("\n") if line.startswith("|")]
    assert rows
    assert {3} == {line.count("|") for line in rows}


def test_a_page_tells_the_root_cause_first_and_counts_the_rest() -> None:
    failures = [a_failure(f"trouble {n}") for n in range(TOLD + 3)]
    page = to_markdown([("a.log", a_diagnosis(*failures))])
    assert page.index("Root cause: network") < page.index("Also: network")
    assert "And 3 more." in page
    assert f"trouble {TOLD}" not in page


def test_a_page_of_a_log_without_failure() -> None:
    assert "No failure was found in 100 lines." in to_markdown([("a.log", a_diagnosis())])


def test_an_annotation_stands_at_the_place_in_the_code() -> None:
    failure = a_failure(place=Place(file="src/a.py", line=3))
    (line,) = to_annotations([("a.log", a_diagnosis(failure))]).splitlines()
    assert line.startswith("::error file=src/a.py,line=3,title=network (90 %25) in a.log%3A7::")


def test_an_annotation_without_a_place_has_none() -> None:
    (line,) = to_annotations([("a", a_diagnosis(a_failure(severity=Severity.LOW)))]).splitlines()
    assert line.startswith("::warning title=")


@pytest.mark.parametrize("text", HOSTILE)
def test_annotations_cannot_be_forged(text: str) -> None:
    """There is one command for each cause, and it has three properties, whatever a log says."""
    told = to_annotations([(text, a_diagnosis(hostile(text)))])
    told.encode()
    assert 1 == told.count("\n")
    found = re.fullmatch(r"::error (?P<properties>[^\n]*?)::(?P<message>[^\n\r]*)\n", told)
    assert found
    assert 3 == len(found["properties"].split(",")) == found["properties"].count("=") - extra(text)
    assert "##[" not in told
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told)


def extra(text: str) -> int:
    """Return how many signs of equality stand in the values: in the file and in the title."""
    return 2 * text.count("=")


SARIF = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": {
                                                    "type": "object",
                                                    "required": ["text"],
                                                    "properties": {"text": {"type": "string"}},
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {
                                    "type": "object",
                                    "required": ["text"],
                                    "properties": {"text": {"type": "string"}},
                                },
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {"uri": {"type": "string"}},
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1}
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The parts of SARIF's schema that a reader of ours needs."""


def results(*failures: Failure, name: str = "a.log") -> list[Any]:
    value: Any = to_sarif([(name, a_diagnosis(*failures))])
    jsonschema.validate(json.loads(json.dumps(value)), SARIF)
    rules = [one["id"] for one in value["runs"][0]["tool"]["driver"]["rules"]]
    found: list[Any] = value["runs"][0]["results"]
    assert sorted({one["ruleId"] for one in found}) == sorted(rules)
    return found


def location(result: Any) -> tuple[str, int]:
    place = result["locations"][0]["physicalLocation"]
    return place["artifactLocation"]["uri"], place["region"]["startLine"]


def test_sarif_has_a_result_for_each_cause() -> None:
    found = results(a_failure(), a_failure(severity=Severity.LOW), a_failure(rule="other"))
    assert ["error", "warning", "error"] == [one["level"] for one in found]
    assert {"cause/v1": "0123456789abcdef"} == found[0]["partialFingerprints"]


def test_sarif_points_into_the_code_where_the_place_is_known_and_else_into_the_log() -> None:
    known, unknown = results(a_failure(place=Place(file="src/a.py", line=3)), a_failure())
    assert ("src/a.py", 3) == location(known)
    assert ("a.log", 7) == location(unknown)
    assert ("src/a.py", 1) == location(results(a_failure(place=Place(file="src/a.py")))[0])


def test_sarif_without_any_failure() -> None:
    assert [] == results()


@pytest.mark.parametrize("text", HOSTILE)
def test_sarif_is_valid_whatever_a_log_says(text: str) -> None:
    (found,) = results(hostile(text), name=text)
    assert re.fullmatch(r"(?:[\w./~-]|%[0-9A-F]{2})*", location(found)[0])
    json.dumps(found, ensure_ascii=False).encode()
