"""The reference page of a diagnosis: what is told, and the categories."""

from __future__ import annotations

from docs.rules_page import categories

__all__ = ["page"]

_TEXT = """\
# A diagnosis

This page is made from the code: `./run docs`.

```console
$ autonomous-cicd diagnose build.log --json
$ autonomous-cicd diagnose logs.zip --format markdown
$ some-command 2>&1 | autonomous-cicd diagnose -
```

A `LOG` is a file, a folder, a zip of logs as the code host makes it (it is read as it is, never unpacked to a
disk), or `-`. The exit code is 0 when no log has a failure, 1 when one has, 2 for bad usage.

| format | for |
| --- | --- |
| `human` | a terminal; fits a screen |
| `json` | scripts (`--json` is the same; `--json FILE` writes it there) |
| `markdown` | a page or a comment; nothing of a log is markup, link or mention in it |
| `github` | annotations in GitHub Actions |
| `sarif` | code scanning (SARIF 2.1.0) |

## The JSON report

`failures` has the causes, the root cause first; `stats` counts logs, lines, bytes and seconds, and has the
`outcome` (`passed`, `failed`, or `open` when the log does not say it) and `notes` on what was left out.
Of several logs, `results` has each by its name.

| field of a failure | what it says |
| --- | --- |
| `category`, `severity`, `confidence` | what it is, how much it matters, how likely this is right |
| `message`, `line` | the line that states the cause, and its number |
| `evidence`, `evidence_lines` | the proving lines, the most telling first, and their numbers |
| `fingerprint` | the same for the same cause, whatever the numbers, paths, hashes and times |
| `file`, `place` | file, line, test, package and step, as far as the log names them |
| `cause`, `explanation` | in a few words, and in a paragraph |
| `suggested_healing` | what usually helps, as `strategy/remedy` |
| `effects`, `touches` | what only followed from it; the files and tests that it touches |
| `suspects` | what changed since the last green run and may have caused it |
| `rule` | the rule or parser that recognised it |

## Limits

512 MB of a log are read, 8 KB of a line (its beginning and its end), the first 5,000 and the last 15,000
lines that may matter; 50 causes are told. An archive may have 200 MB packed, 1 GB unpacked and 2,000
entries, and an entry may unpack to a hundred times its size; what exceeds that is cut, and noted.

## Categories

"""


def page() -> str:
    """Return the page, in Markdown."""
    return _TEXT + "\n".join(categories()) + "\n"
