"""`diagnose`, `rules` and `knowledge` as they are called, with all rules that come with the program."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autonomous_cicd.cli.main import main

Run = Callable[..., tuple[int, str, str]]

RED = """\
+ pip install -r requirements.txt
+ pytest
Traceback (most recent call last):
  File "/app/main.py", line 1, in <module>
    import requests
ModuleNotFoundError: No module named 'requests'
##[error]Process completed with exit code 1.
"""
DISK = "+ make\nwrite /tmp/x: no space left on device\n##[error]Process completed with exit code 1.\n"
GREEN = "+ pytest\n===== 3 passed in 0.12s =====\nJob succeeded\n"
RULE = """\
# ours
[[rule]]
id = "out-of-oil"
pattern = 'the frobnicator is out of oil'
category = "environment"
confidence = 0.95
cause = "the machine has no oil"
match = ["E42: the frobnicator is out of oil"]
"""
OIL = "+ frobnicate\nE42: the frobnicator is out of oil\n##[error]Process completed with exit code 42.\n"


@pytest.fixture
def run(tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what carries out a command line in a project with a few logs, and says what it printed."""
    for name, text in (("red.log", RED), ("disk.log", DISK), ("green.log", GREEN), ("oil.log", OIL)):
        (tmp_path / name).write_text(text)

    def call(command: str, *words: str | Path, **more: str) -> tuple[int, str, str]:
        given = {"HOME": str(tmp_path), "AUTONOMOUS_CICD_STATE_DIR": str(state), **more}
        repo = [] if command == "knowledge" else ["--repo", str(tmp_path)]
        capsys.readouterr()
        try:
            code = main([command, *map(str, words), *repo], environment=given)
        except SystemExit as error:
            code = int(error.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def fingerprint(run: Run, log: Path) -> str:
    _, out, _ = run("diagnose", log, "--json")
    found: str = json.loads(out)["failures"][0]["fingerprint"]
    return found


@pytest.mark.parametrize(("log", "code"), [("red.log", 1), ("green.log", 0)])
def test_the_exit_code_says_whether_there_is_a_failure(run: Run, tmp_path: Path, log: str, code: int) -> None:
    assert code == run("diagnose", tmp_path / log)[0]


def test_the_cause_is_told_with_the_lines_that_prove_it(run: Run, tmp_path: Path) -> None:
    _, out, err = run("diagnose", tmp_path / "red.log")
    assert "root cause: dependency_missing" in out
    assert "        6 | ModuleNotFoundError: No module named 'requests'" in out
    assert "\x1b" not in out
    assert "" == err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.log"], "absent.log cannot be read"),
        (["red.log", "--green", "absent.log"], "absent.log cannot be read"),
        (["red.log", "--json", "no/such/folder/x.json"], "cannot be written"),
        (["red.log", "--format", "braille"], "invalid choice"),
        (["--correct", "abc"], "it is not clear what is to be learned"),
        (["--category", "lint"], "it is not clear what is to be learned"),
        (["--confirm", "abc", "--category", "lint"], "it is not clear what is to be learned"),
        (["--confirm", "abc", "--correct", "abc"], "it is not clear what is to be learned"),
        (["--confirm", ""], "it is not clear what is to be learned"),
        (["--correct", "", "--category", "lint"], "it is not clear what is to be learned"),
        ([""], "a log is named by an empty text"),
        (["red.log", "--json", "red.log"], "--json red.log would write over the log"),
        (["red.log", "--green", "./red.log"], "--green ./red.log is the log that is to be diagnosed"),
        (["red.log", "--json", "-", "--format", "sarif"], "--json and --format sarif would both be printed"),
        (["packed.log.gz"], "packed.log.gz: it is compressed"),
        (["\x1b[31mno.log"], "autonomous-cicd: no.log cannot be read"),
        (["--confirm", "zzz"], "no cause with the fingerprint 'zzz'"),
        (["--correct", "abc", "--category", "gremlins"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packed.log.gz").write_bytes(gzip.compress(RED.encode()))
    code, out, err = run("diagnose", *words)
    assert (2, "") == (code, out)
    assert said in err
    assert RED == (tmp_path / "red.log").read_text()


def test_a_project_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "red.log").write_text(RED)
    words = ["diagnose", str(tmp_path / "red.log"), "--repo", str(tmp_path / "absent")]
    assert 2 == main(words, environment={"HOME": str(tmp_path)})
    assert "absent is no folder" in capsys.readouterr().err


def test_several_logs_are_told_in_their_order(run: Run, tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("disk.log", "green.log", "red.log")]
    code, out, _ = run("diagnose", *names)
    assert 1 == code
    assert out.index("resource_disk") < out.index("no failure found") < out.index("dependency_missing")
    assert "3 logs: a failure in 2, none in 1" in out


@pytest.mark.parametrize(("other", "code"), [(GREEN, 2), (RED, 1)])
def test_what_cannot_be_read_does_not_look_like_no_failure(
    run: Run, tmp_path: Path, other: str, code: int
) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0_a.txt", os.urandom(5000))
        archive.writestr("1_b.txt", other)
    raw = bytearray(path.read_bytes())
    raw[2000:2100] = bytes(100)
    path.write_bytes(raw)
    found, out, err = run("diagnose", path)
    assert code == found
    assert "logs.zip:a: it could not be read to its end" in err
    assert "note: it could not be read to its end" in out
    found, out, _ = run("diagnose", path, "--json")
    assert (code, [f"{path}:a"]) == (found, json.loads(out)["stats"]["unread"])


def test_json_is_printed(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("diagnose", tmp_path / "red.log", "--json")
    value: Any = json.loads(out)
    assert (1, "dependency_missing", "failed") == (
        code,
        value["failures"][0]["category"],
        value["stats"]["outcome"],
    )


def test_json_is_written_beside_what_is_printed(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("diagnose", tmp_path / "red.log", "--json", tmp_path / "report.json")
    assert 1 == code
    assert "root cause" in out
    assert (
        "dependency_missing" == json.loads((tmp_path / "report.json").read_text())["failures"][0]["category"]
    )


def test_json_never_writes_over_a_log(run: Run, tmp_path: Path) -> None:
    """`--json LOG` means the log."""
    code, out, _ = run("diagnose", "--json", tmp_path / "red.log")
    assert 1 == code
    assert RED == (tmp_path / "red.log").read_text()
    assert "dependency_missing" == json.loads(out)["failures"][0]["category"]


@pytest.mark.parametrize(
    ("style", "begins"),
    [("human", "/"), ("json", "{"), ("markdown", "## "), ("github", "::error "), ("sarif", "{")],
)
def test_it_is_told_in_each_format(run: Run, tmp_path: Path, style: str, begins: str) -> None:
    code, out, _ = run("diagnose", tmp_path / "red.log", "--format", style)
    assert (1, begins) == (code, out[: len(begins)])
    assert "requests" in out
    if begins == "{":
        json.loads(out)


def test_what_is_usual_in_the_last_green_log_is_less_likely(run: Run, tmp_path: Path) -> None:
    both = "write /tmp/x: no space left on device\n" * 2 + RED
    (tmp_path / "both.log").write_text(both)
    (tmp_path / "last.log").write_text("write /tmp/x: no space left on device\nJob succeeded\n")
    _, out, _ = run("diagnose", tmp_path / "both.log", "--green", tmp_path / "last.log", "--json")
    by_category = {one["category"]: one["confidence"] for one in json.loads(out)["failures"]}
    _, out, _ = run("diagnose", tmp_path / "both.log", "--json")
    before = {one["category"]: one["confidence"] for one in json.loads(out)["failures"]}
    assert by_category.get("resource_disk", 0) < before["resource_disk"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("echo no idea", "the agent's answer was dropped: it is no JSON object"),
        ('echo \'{"category": "gremlins"}\'', "the agent's answer was dropped: 'gremlins' is no category"),
        ("exit 3", "the agent sh gave no answer: exit code 3"),
    ],
)
def test_an_agent_that_is_asked_in_vain_is_noted(run: Run, tmp_path: Path, program: str, said: str) -> None:
    own = tmp_path / "own.yml"
    command = json.dumps(["sh", "-c", program, "{question}"])
    own.write_text(f"autonomous_cicd: {{integrations: {{agent: {{command: {command}}}}}}}\n")
    for style in ("human", "json", "markdown"):
        code, out, _ = run(
            "diagnose", tmp_path / "oil.log", "--format", style, AUTONOMOUS_CICD_CONFIG=str(own)
        )
        assert 1 == code
        if style == "json":
            assert [said] == json.loads(out)["stats"]["notes"]
        elif style == "human":
            assert f"  note: {said}\n" in out
        else:
            assert "Note: the agent" in out


def test_what_a_person_corrects_is_so_the_next_time(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "disk.log"
    mark = fingerprint(run, log)
    code, out, _ = run("diagnose", "--correct", mark[:8], "--category", "infrastructure")
    assert (0, "learned: ") == (code, out[:9])
    _, out, _ = run("diagnose", log, "--json")
    assert "infrastructure" == json.loads(out)["failures"][0]["category"]


def test_what_is_told_follows_what_a_person_corrected(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "odd.log"
    log.write_text("+ frob\nthe frobnicator is out of gas\n##[error]Process completed with exit code 3.\n")
    _, out, _ = run("diagnose", log)
    assert "This is a guess." in out
    run("diagnose", "--correct", fingerprint(run, log), "--category", "environment")
    _, out, _ = run("diagnose", log)
    assert "root cause: environment" in out
    assert "the machine lacks a tool, a version or a variable" in " ".join(out.split())
    assert "What usually helps: correct the project's configuration" in " ".join(out.split())
    assert "guess" not in out
    assert "not known" not in out


def test_of_a_line_that_any_cause_ends_in_nothing_is_learned(run: Run, tmp_path: Path) -> None:
    bare, log, other = (tmp_path / name for name in ("bare.log", "one.log", "other.log"))
    end = "make: *** [all] Error 2\n##[error]Process completed with exit code 2.\n"
    bare.write_text(f"+ make all\n{end}")
    log.write_text(f"+ make all\nquince of shard one\n{end}")
    other.write_text(f"+ make all\nhedgehog in the hedge\n{end}")

    def categories() -> list[str]:
        printed = (run("diagnose", one, "--json")[1] for one in (bare, other, log))
        return [json.loads(text)["failures"][0]["category"] for text in printed]

    before = categories()
    mark = fingerprint(run, log)
    assert 0 == run("diagnose", "--correct", mark, "--category", "network")[0]
    assert [*before[:2], "network"] == categories()
    code, out, err = run("diagnose", "--correct", fingerprint(run, bare), "--category", "network")
    assert (2, "") == (code, out)
    assert "'make: *** [all] Error 2' only says that something failed" in err


def test_a_cause_that_is_not_known_cannot_be_confirmed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bare.log").write_text("+ make all\nmake: *** [all] Error 2\n")
    code, _, err = run("diagnose", "--confirm", fingerprint(run, tmp_path / "bare.log"))
    assert 2 == code
    assert "there is nothing to confirm" in err


def test_what_a_person_confirms_is_kept(run: Run, tmp_path: Path) -> None:
    mark = fingerprint(run, tmp_path / "red.log")
    code, out, _ = run("diagnose", "--confirm", mark)
    assert 0 == code
    assert out.endswith("is dependency_missing\n")
    assert "dependency_missing" in run("knowledge", "show")[1]


def test_where_learning_is_turned_off_nothing_is_kept(run: Run, tmp_path: Path) -> None:
    config, log = tmp_path / ".autonomous-cicd.yml", tmp_path / "red.log"
    log.write_text(RED.replace("requests", "flask"))
    config.write_text("autonomous_cicd: {error_detection: {enable_learning: false}}\n")
    mark = fingerprint(run, log)
    code, _, err = run("diagnose", "--confirm", mark)
    assert 2 == code
    assert "learning is turned off" in err
    assert "error_detection.enable_learning" in err
    config.unlink()
    assert f"no cause with the fingerprint {mark!r}" in run("diagnose", "--confirm", mark)[2]


def test_a_rule_of_the_project_joins(run: Run, tmp_path: Path) -> None:
    before = run("diagnose", tmp_path / "oil.log", "--format", "markdown")[1]
    folder = tmp_path / ".autonomous-cicd/rules"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(RULE)
    _, out, _ = run("diagnose", tmp_path / "oil.log", "--json")
    found = json.loads(out)["failures"][0]
    assert ("environment", "out-of-oil", 2) == (found["category"], found["rule"], found["line"])
    assert "Root cause: environment" not in before
    assert (0, "1 rule of the project's own, all good\n", "") == run("rules", "check")


@pytest.mark.parametrize("command", [("diagnose", "red.log"), ("rules", "check"), ("rules", "list")])
def test_a_broken_rule_of_the_project_is_refused_with_its_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".autonomous-cicd/rules"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(RULE.replace("environment", "enviroment"))
    code, out, err = run(*command)
    assert (2, "") == (code, out)
    assert ".autonomous-cicd/rules/own.toml:5: unknown category 'enviroment'" in err
    assert "did you mean 'environment'?" in err


def test_an_id_of_ours_is_refused(run: Run, tmp_path: Path) -> None:
    ours = json.loads(run("rules", "list", "--json")[1])[0]["id"]
    folder = tmp_path / ".autonomous-cicd/rules"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(RULE.replace("out-of-oil", ours))
    code, _, err = run("rules", "check")
    assert 2 == code
    assert f"there are two rules {ours!r}" in err


def test_a_link_is_no_rule_file(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / ".autonomous-cicd/rules"
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere.toml").write_text("password = 'hunter2'\n")
    (folder / "own.toml").symlink_to(tmp_path / "elsewhere.toml")
    code, out, err = run("rules", "check")
    assert 2 == code
    assert "own.toml is a link" in err
    assert "hunter2" not in out + err
