"""Writes `docs/reference/configuration.md`: `python -m autonomous_cicd.settings.reference > FILE`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autonomous_cicd.settings.section import Option, Reach
from autonomous_cicd.settings.tasks import TaskSettings
from autonomous_cicd.settings.tree import Tree, parts

__all__ = ["page"]

_INTRODUCTION = """\
# Configuration

This page is made from the code: `python -m autonomous_cicd.settings.reference`.

`autonomous-cicd config show` prints every option with its value and with where that comes from,
`config check` finds what is wrong, `config schema` prints the JSON schema for editors.

## Where a value comes from

The later source wins:

1. the default;
2. the operator's own file: `$AUTONOMOUS_CICD_CONFIG`, else `~/.config/autonomous-cicd/config.yml`;
3. the project's file: `.autonomous-cicd.yml` (or `.yaml`) in its folder;
4. the project's `.env`;
5. the environment;
6. the command line (`--set NAME=VALUE` and the flags), or `config_override`.

Both files hold the options under the key `autonomous_cicd`. Every option has the variable
`AUTONOMOUS_CICD_<SECTION>_<NAME>`, and some have shorter ones. A variable that is empty says nothing.
In a variable, the words of a list are separated by commas, and `pipeline.tasks` is written as YAML.

On the command line and in `config_override` an option goes by its path (`pipeline.strategy`), by another
name of it, or by its bare name where only one option has it (`enable_rollback`).

## What a project may say

A project's file and its `.env` are written by whoever can change the project. They can only **narrow**
what the operator allows, and the default counts as the operator's word:

- *narrowed*: the stricter of both values is used; `config show` says when that is not the project's;
- *operator*: refused by name in a project's file and in its `.env`;
- *.env*: refused in a project's file, allowed in its `.env`: credentials and names of the services,
  which belong to the person who works in that folder;
- everything else is the project's own business.

The project's `.env` is read for our options only; what else stands in it is passed over. It is never
executed, nothing in it is expanded, and a link that leads out of the project is not followed.

Secrets are never printed.

## The project's own pipeline

```yaml
autonomous_cicd:
  pipeline:
    tasks:
      lint: ruff check .                  # a name and a command
      test:
        command: pytest -q                # a text for `sh`, or a list of words without a shell
        needs: [lint]
        stage: testing
        env: {PYTHONHASHSEED: 0}
        inputs: ["src/**", "tests/**"]    # unchanged: the outcome is taken from the cache
        outputs: [coverage.xml]
        timeout_minutes: 10
      package:
        commands:                         # one after the other
          - python -m build
          - [python, -m, twine, check, dist/*]
        needs: [test]
        optional: true
```

Tasks may also be a list, each with a `name`. Unknown keys, needs that do not exist and files outside
the project are refused with file and line.
"""


def page() -> str:
    """Return the page in Markdown."""
    lines = [_INTRODUCTION]
    lines += ["### Keys of a task", "", *_table(TaskSettings.options, task=True), ""]
    lines += ["## Options", "", *_table(Tree.options), ""]
    for path, part in parts().items():
        lines += [f"### `{path}`", "", part.help, ""]
        if options := part.options():
            lines += [*_table(options), ""]
    return "\n".join(lines)


def _table(options: dict[str, Option], *, task: bool = False) -> Iterator[str]:
    head = "| key | default | what it says | also |"
    yield head if task else head.replace("key", "option") + " project |"
    yield "| --- | --- | --- | --- |" + ("" if task else " --- |")
    for name, one in options.items():
        what = f"{one.help}<br>*{one.kind.expects}*".replace("|", "\\|")
        names = [alias for alias in one.aliases if not task or alias.islower()]
        also = ", ".join(f"`{alias.partition('/')[0]}`" for alias in names if alias != name)
        row = f"| `{name}` | {_default(one)} | {what} | {also} |"
        yield row if task else f"{row} {_project(one)} |"


def _default(one: Option) -> str:
    written: Any = one.kind.write(one.default)
    if written in (None, "", [], {}):
        return ""
    return f"`{written if isinstance(written, str) else json.dumps(written)}`"


def _project(one: Option) -> str:
    if one.reach is not Reach.PROJECT:
        return {Reach.DOTENV: ".env", Reach.OPERATOR: "operator"}[one.reach]
    return "narrowed" if one.narrow else ""


if __name__ == "__main__":
    print(page(), end="")
