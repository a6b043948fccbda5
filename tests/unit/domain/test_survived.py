"""Steps that went well though the host marked something in them as an error."""

from __future__ import annotations

import pytest
from tests.diagnosing import diagnose

RUN = "##[group]Run {0}\n{0}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n"
FOUND = "##[error]src/a.ts(1,84): error TS2304: Cannot find name 'x'.\n"
SAID = "##[error]The coverage went down\n"
END = "##[error]Process completed with exit code 2.\n"
TIDY = "Post job cleanup.\nCleaning up orphan processes\n"
ACTION = "##[group]Run acme/publish@v1\nwith:\n  token: ***\n##[endgroup]\n"


def run(command: str) -> str:
    return RUN.format(command)


@pytest.mark.parametrize(
    ("log", "red"),
    [
        (run("npm run build") + FOUND + run("./deploy.sh") + TIDY, False),
        (run("npm run build") + SAID + TIDY, False),
        (run("npm run build") + FOUND + END + TIDY, True),
        (run("npm run build") + FOUND + END + run("./notify.sh") + TIDY, True),
        # An action says itself that it failed.
        (ACTION + "##[error]Bad credentials\n" + TIDY, True),
        (run("npm run build") + SAID + ACTION + "##[error]Bad credentials\n" + TIDY, True),
        (run("npm test") + "##[error]The operation was canceled.\n" + TIDY, True),
        (run("npm test") + "##[error]The action 'Test' has timed out after 10 minutes.\n" + TIDY, True),
        # The end is missing.
        (run("npm run build") + FOUND, True),
        # It was allowed to fail: what follows only runs when all went well.
        (run("npm run lint") + FOUND + END + run("npm test") + run("npm run build") + TIDY, False),
        (run("npm run lint") + FOUND + END + run("npm test") + END + TIDY, True),
        (run("npm run lint") + FOUND + END + run("cat log") + run("docker compose down") + TIDY, True),
    ],
)
def test_a_step_fails_when_the_host_says_so(log: str, red: bool) -> None:
    assert red is bool(diagnose(log).failures)


UPLOAD = ACTION.replace("acme/publish@v1", "actions/upload-artifact@v4")
LINT = (
    "/w/a.js\n##[error]  3:7  error  'x' is not defined  no-undef\n✖ 1 problem (1 error, 0 warnings)\n" + END
)
MISSING = "ModuleNotFoundError: No module named 'x'\n" + END
ODD = "Error: the flux capacitor must be a prime number, got 12\n" + END


@pytest.mark.parametrize(
    ("log", "told"),
    [
        # What was built and tested in between shows that the first one was allowed to fail.
        (run("npm run lint") + LINT + run("npm ci") + run("npm test") + run("./ci.sh") + MISSING, "'x'"),
        (run("./ci.sh") + MISSING + run("docker compose logs") + run("curl -X POST $URL") + LINT, "'x'"),
        (run("./ci.sh") + MISSING + run('echo "Lint: failure"') + "Quality gate FAILED\n" + END, "'x'"),
        # What an action says that uploads the reports afterwards.
        (
            run("./ci.sh") + MISSING + UPLOAD + "##[error]No files were found with the provided path: r\n",
            "'x'",
        ),
        # Nobody knows what the step that failed said; what an earlier one survived is no better.
        (
            run("./setup") + "fatal: No url found for submodule path 'y' in .gitmodules\n" + run("./x") + ODD,
            "prime",
        ),
    ],
)
def test_what_other_steps_survived_is_not_the_cause(log: str, told: str) -> None:
    assert told in diagnose(log + TIDY).failures[0].message


def test_words_of_a_program_are_no_words_of_the_host() -> None:
    log = (
        run("npm run build")
        + "##[error]Timeout exceeded: the runner of tests waits no longer\n"
        + run("./deploy.sh")
    )
    assert not diagnose(log + TIDY).failures
