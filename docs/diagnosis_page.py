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

| a `LOG` may be | which is read as |
| --- | --- |
| a file | one log, of any CI and any tool |
| `-`, or nothing and a pipe | one log |
| a folder | each of its files, links and hidden ones left out; archives in it too |
| a zip | each of its logs, or jobs put together from their steps; never unpacked to a disk |

| exit code | what it means |
| --- | --- |
| 0 | every log was read, and none has a failure |
| 1 | a log has one, whatever else could not be read |
| 2 | something cannot be read (wholly), or was asked wrongly; the message names it, and the next step |

| format | for |
| --- | --- |
| `human` | a terminal; fits a screen |
| `json` | scripts (`--json` is the same; `--json FILE` writes it there) |
| `markdown` | a page or a comment; nothing of a log is markup, link or mention in it |
| `github` | annotations in GitHub Actions |
| `sarif` | code scanning (SARIF 2.1.0) |

## The JSON report

| key | what |
| --- | --- |
| `version` | 1; it goes up when a reader would have to change |
| `failures` | the causes, the root cause first; of several logs those of all, each with its `log` |
| `stats` | see below |
| `results` | of several logs: for each by its name `outcome`, `failures` and `stats` |

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
| `rule` | the [rule or parser](rules.md) that recognised it; `agent` for an agent's proposal |

| field of `stats` | what it says |
| --- | --- |
| `logs`, `lines`, `bytes` | how much was read |
| `lines_shown` | how many lines of proof are told of them |
| `failures` | how many causes are told |
| `outcome` | of a single log: `passed`, `failed`, or `open` when it does not say how the run ended |
| `unread` | names of the logs that were not wholly read: whether they have a failure is not known |
| `notes` | what was left out, and why; why an agent was asked in vain |
| `seconds` | how long it took, start-up of the program left out |

## Limits

512 MB of a log are read, 8 KB of a line (its beginning and its end), and the first 5,000 and the last
15,000 lines that may matter; 50 causes of a log are told, each with at most 20 lines of proof of 500
characters. A folder may have 2,000 files. An archive may have 200 MB packed, 1 GB unpacked and 2,000
entries, and an entry may unpack to 1 MB or a hundred times its size; folders are read 8 deep. What is cut
for that, and what cannot be read in a folder or an archive, is noted, and the others are told; what is
refused says so, as is what is compressed: `gunzip -c FILE | autonomous-cicd diagnose`.

## Categories

A rule or a parser may say otherwise of the severity and of what helps; `suggested_healing` has what it said.

"""


def page() -> str:
    """Return the page, in Markdown."""
    return _TEXT + "\n".join(categories()) + "\n"
