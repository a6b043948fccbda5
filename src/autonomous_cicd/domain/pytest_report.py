"""pytest's report: what one failure says, whatever the style in which it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.python_errors import Verdict, judge, split_exception
from autonomous_cicd.values import dataclass

__all__ = [
    "END",
    "LINE_STYLE",
    "SECTION",
    "START",
    "STOP",
    "SUMMARY",
    "TITLE",
    "Failed",
    "green",
    "read_block",
    "said_by",
]

_C = Category

START = re.compile(r"^=+ test session starts =+$")
TITLE = re.compile(r"^\s*[_―─]{2,} (?P<title>\S.{0,300}?) [_―─]{2,}\s*$")
SECTION = re.compile(r"^\s*=+ (?P<name>[A-Za-z][A-Za-z ()]{2,60}) =+\s*$")
END = re.compile(
    r"^\s*=* ?(?:\d+ (?:failed|passed|errors?|skipped|xfailed|xpassed|deselected|rerun|warnings?|subtests"
    r" passed)(?:, )?){1,9}"
    r" ?in [\d.:]+ ?s?"
)
STOP = re.compile(
    r"^(?:##\[|\+{1,2} \S|\$ \S|The command \"|Done\. Your build|Finished: |ERROR: Job failed"
    r"|make(?:\[\d+\])?: \*\*\*"
    r"|Error: Process completed|=+ test session starts)"
)
SUMMARY = re.compile(
    r"^\s*(?:\[gw\d+\] \[ *\d+%\] )?(?P<how>FAILED|ERROR|FAIL) (?P<test>[\w./\\-]+\.(?:py|txt|rst|md|ipynb"
    r"|feature)(?:::.{1,300}?)?)"
    r"(?: - (?P<said>.*))?$"
)
_SAID = re.compile(r"^\s*E\s+(?P<text>\S.*)$")
_PLACE = re.compile(
    r"^(?P<file>(?:<frozen [\w. ]+>|[^\s:]{1,300}|[A-Za-z]:[^\s:]{1,300})):(?P<line>\d{1,7}): ?(?P<rest>.*)$"
)
LINE_STYLE = re.compile(
    r"^(?P<file>[^\s:]{1,300}\.py):(?P<line>\d{1,7}): (?P<text>(?:[\w.]*(?:Error|Exception|Failed|Warning)\b"
    r"|assert ).*)$"
)
_MISSING_PLUGIN = re.compile(
    r"fixture '(?P<name>mocker|benchmark|requests_mock|httpx_mock|respx_mock|httpserver|qtbot|aiohttp_client"
    r"|freezer"
    r"|snapshot|subtests|datadir|shared_datadir|data_regression|faker|httpbin|celery_app|django_user_model"
    r"|settings"
    r"|live_server|rf|admin_client|django_db_setup|page|docker_services|docker_ip|postgresql|monkeyclass"
    r"|event_loop"
    r"|unused_tcp_port|mock_aioresponse|selenium|testdir|xprocess)' not found"
)
_CONFIG = re.compile(
    r"not found in `markers` configuration option|import file mismatch|unexpected '?\w*'? ?option"
    r"|is not a registered marker|Defining 'pytest_plugins' in a non-top-level conftest|conftest\.py files?"
    r" .{0,40}same name"
)
_TIME = re.compile(r"Timeout >?\(?>?[\d.]+ ?s|from pytest-timeout|Timeout: |^Failed: Timeout")
_CRASH = re.compile(r"worker '?gw\d+'? crashed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One test, or one file, that failed."""

    line: int
    verdict: Verdict
    test: str = ""
    file: str = ""
    at: int = 0
    place: int = 0
    """Line of the log that says where."""
    source: int = 0
    """Line of the log that shows the code."""


def green(end: str) -> bool:
    """Whether the last line of a report tells of no failure."""
    return not re.search(r"\d+ (?:failed|errors?)\b", end)


def read_block(title: str, lines: Sequence[tuple[int, str]]) -> Failed | None:
    """Return what the lines under the title of a failure say."""
    groups: list[list[tuple[int, str]]] = []
    places: list[tuple[int, str, int]] = []
    previous, source = -9, 0
    printed = (
        at for at, (_, line) in enumerate(lines) if "Captured " in line and line.lstrip().startswith("---")
    )
    lines = lines[: next(printed, len(lines))]
    for number, line in lines:
        if found := _SAID.match(line):
            if number != previous + 1:
                groups.append([])
            groups[-1].append((number, found["text"]))
            previous = number
        elif number == previous + 1 and line.strip() == "E":
            previous = number
        elif line.startswith(">") and "available fixtures" not in line and "use 'pytest --fix" not in line:
            source = number
        elif place := _PLACE.match(line):
            places.append((number, place["file"], int(place["line"])))
    if not groups:
        groups = _native(lines) or _one_line(lines) or _example(lines)
    if not groups and source:  # what it says is cut off: the line that failed is all that is known
        groups = [[(number, line[1:].strip()) for number, line in lines if number == source]]
    if not groups:
        return None
    files = tuple(file for _, file, _ in places)
    judged = [(_statement(group), group) for group in groups]
    verdicts = [(number, said_by(title, text, files, group)) for (number, text), group in judged]
    said, verdict = verdicts[-1]
    if not verdict.certain:
        said, verdict = next((one for one in verdicts if one[1].certain), verdicts[-1])
    if verdict.category is _C.DEPENDENCY_MISSING and not verdict.package:
        # "Please install it" is raised while the exception is handled that says which module it is.
        said, verdict = next((one for one in verdicts if _named(one[1])), (said, verdict))
    at = places[-1] if places else (0, "", 0)
    return Failed(line=said, verdict=verdict, test=title, file=at[1], at=at[2], place=at[0], source=source)


def _named(verdict: Verdict) -> bool:
    return verdict.category is _C.DEPENDENCY_MISSING and bool(verdict.package)


def _native(lines: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Return the exceptions of plain tracebacks."""
    return [
        [(number, line)]
        for number, line in lines
        if line[:1].isalpha() and "::" not in line[:40] and split_exception(line) is not None
    ]


def _one_line(lines: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    return [[(number, found["text"])] for number, line in lines if (found := LINE_STYLE.match(line))]


def _example(lines: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Return what an example of a documentation gave instead of what it says."""
    for at, (_, line) in enumerate(lines[:-1]):
        if line.strip() == "Got:" or line.startswith("UNEXPECTED EXCEPTION: "):
            number, text = lines[at + 1] if line.strip() == "Got:" else lines[at]
            return [[(number, f"the example gave {text.strip()}")]]
    return []


def _statement(group: Sequence[tuple[int, str]]) -> tuple[int, str]:
    """Return the line of a group that names the error: the first, or what stands under the source."""
    for number, text in group:
        if text.startswith(("SyntaxError: ", "IndentationError: ", "TabError: ")):
            return number, text
    first = group[0][1]
    if first.startswith(("Traceback (most", "File ", "+ ", "|", "ImportError while", "Hint: ")):
        for number, text in reversed(group):
            if split_exception(text.strip(" |+-")):
                return number, text.strip(" |+-")
    return group[0]


def said_by(
    title: str, text: str, files: Sequence[str] = (), group: Sequence[tuple[int, str]] = ()
) -> Verdict:
    """Return what an error means that was raised in a test, or while it was set up or collected."""
    collecting = title.startswith(("ERROR collecting", "ERROR loading")) or title.endswith("(collection)")
    ready = not title.startswith("ERROR") and not title.endswith("(error)")
    if found := _MISSING_PLUGIN.search(text):
        cause = f"the plugin of pytest that has the fixture {found['name']} is not installed"
        return Verdict(category=_C.DEPENDENCY_MISSING, cause=cause)
    if "async def functions are not natively supported" in text:
        return Verdict(
            category=_C.DEPENDENCY_MISSING, cause="a plugin of pytest for asynchronous tests is missing"
        )
    if text.startswith("fixture '") and text.endswith("not found"):
        return Verdict(category=_C.TEST_FAILURE, cause=f"a {text}")
    if _CONFIG.search(text) or any(_CONFIG.search(line) for _, line in group[:3]):
        return Verdict(category=_C.CONFIGURATION, cause=text[:200])
    if _TIME.search(text):
        return Verdict(category=_C.TEST_TIMEOUT, cause="a test took too long")
    parts = split_exception(text)
    if parts is None:
        return Verdict(category=_C.TEST_FAILURE, cause=text[:200])
    verdict = judge(*parts, files)
    category = verdict.category
    failure = Verdict(category=_C.TEST_FAILURE, cause=text[:200], certain=verdict.certain and ready)
    if category is _C.UNKNOWN:
        return failure
    if ready and (
        category in (_C.PERMISSION, _C.CONFIGURATION, _C.AUTHENTICATION, _C.RESOURCE_TIMEOUT)
        or not verdict.certain
    ):
        return failure
    if category is _C.SYNTAX_ERROR and ready and not any("File " in line for _, line in group):
        return failure
    if collecting or verdict.certain or category is not _C.PERMISSION:
        return verdict
    return failure
