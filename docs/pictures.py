"""Draw the pictures of the terminal anew: `python -m docs.pictures` (it needs a package registry).

A sample project is run, passes, is broken, and is run again: the picture is what that last run printed.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import tempfile
from pathlib import Path

from demo.project import BROKEN, make
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from autonomous_cicd.app import App, Request
from autonomous_cicd.cli.live import Terminal
from autonomous_cicd.cli.progress import Silent
from autonomous_cicd.domain.run import RunStatus

IMAGES = Path(__file__).parent / "images"
WIDTH = 92
THEME = TerminalTheme(
    (24, 28, 37),
    (214, 220, 230),
    [
        (24, 28, 37),
        (240, 113, 120),
        (142, 200, 120),
        (232, 190, 110),
        (110, 170, 240),
        (199, 146, 234),
        (110, 205, 215),
        (214, 220, 230),
    ],
)
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "run.svg").write_text(_without_web_fonts(_record_a_run()), encoding="utf-8")


def _record_a_run() -> str:
    """Return the picture of a run that fails."""
    console = Console(record=True, width=WIDTH, height=50, file=io.StringIO(), force_terminal=False)
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "greenhouse")
        project.mkdir()
        make(project)
        environment = {**os.environ, "AUTONOMOUS_CICD_STATE_DIR": str(Path(scratch, "state"))}
        app = App.open(project, environment=environment)
        asyncio.run(app.run(Request(path=project), Silent()))
        file, good, bad = BROKEN
        source = project / file
        source.write_text(source.read_text(encoding="utf-8").replace(good, bad), encoding="utf-8")
        console.print(Text.assemble(("$ ", "green"), ("autonomous-cicd run", "bold")))
        run = asyncio.run(app.run(Request(path=project), Terminal(console)))
        app.close()
    if run.status is not RunStatus.FAILED:
        raise SystemExit(f"the broken project should have failed: {run.status}, {run.reason}")
    return console.export_svg(title="greenhouse", theme=THEME, font_aspect_ratio=0.6, unique_id="run")


def _without_web_fonts(svg: str) -> str:
    """Return the picture with the fonts of its reader: nothing is fetched to show it."""
    without = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    lines = re.sub(r"font-family:[^;]*;", f"font-family: {FONT};", without).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    main()
