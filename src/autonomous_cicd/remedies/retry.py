"""retry: run it again, later, when what failed passes by itself; once, at once, to tell flaky from broken."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.remedy import Escalate, Prescription, Rerun, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["LONGEST_WAIT", "Retry", "asked_wait"]

LONGEST_WAIT = 300.0
"""Seconds after which nobody waits any longer for a service that asks for patience."""
PAUSES = (1.0, 8.0, 25.0)
"""Seconds before each run, while the other side recovers."""
JITTER = 0.2

_C = Category
PASSING = {
    _C.NETWORK: 0.95,
    _C.RATE_LIMIT: 0.95,
    _C.INFRASTRUCTURE: 0.8,
}
"""Causes that lie outside of the project, and mostly pass."""
PERHAPS = {
    _C.FLAKY_TEST: 0.9,
    _C.TEST_FAILURE: 0.55,
    _C.TEST_TIMEOUT: 0.6,
    _C.RESOURCE_TIMEOUT: 0.5,
    _C.RESOURCE_MEMORY: 0.3,
    _C.UNKNOWN: 0.4,
}
"""Causes of which one more run tells whether they are there at all."""

STEADY = frozenset((_C.LINT, _C.FORMATTING, _C.TYPE_CHECK, _C.SYNTAX_ERROR, _C.COMPILE_ERROR))
"""Causes that lie in the text of a file."""

PORT_TAKEN = re.compile(
    r"EADDRINUSE|[Aa]ddress already in use|port (?:is )?already (?:allocated|in use|taken)|port \d+ is in use"
    r"|Only one usage of each socket address|bind\(\) failed|Errno (?:98|48)\b|address in use",
)
BUSY = re.compile(
    r"\bETXTBSY\b|Text file busy|database is locked|Could not get lock|\bEAGAIN\b|Resource busy"
)
LASTING = re.compile(
    r"\b(?:404|410)\b|certificate|CERT_|SELF_SIGNED|x509|SSL: |wrong version number|unsupported protocol"
    r"|NO_PUBKEY|signatures? (?:couldn't|were)|does not have a Release file|\bUnknown host scheme"
    r"|Proxy Authentication|unsupported URL|malformed|Hash Sum|checksum|sha(?:256|512)",
    re.IGNORECASE,
)
"""What a server says in the same way every time."""
CHANCE = re.compile(
    r"\bflaky\b|time(?:d)? ?out|deadlock|\brace\b|ECONN(?:RESET|REFUSED|ABORTED)"
    r"|connection (?:reset|refused|aborted)"
    r"|socket hang up|EPIPE|[Bb]roken pipe|random|intermittent|not yet|eventually|StaleElement|seed\b",
    re.IGNORECASE,
)
"""Words of failures that do not come every time."""
OUTAGE = re.compile(
    r"(?:HTTP(?:/[\d.]+)?(?: error)?|[Ss]tatus(?: code)?|returned|HTTPError)[ :=/]{1,3}50[234]\b"
    r"|\b50[234] (?:Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)"
    r"|\bECONNRESET\b|socket hang up|[Cc]onnection reset by peer|RemoteDisconnected"
)
"""What a server says, or does, that is out of order for a while."""
ASSERTED = re.compile(r"\bassert|\bexpect", re.IGNORECASE)
HOST = re.compile(
    r"https?://(?P<a>[\w.-]+)"
    r"|(?:resolve (?:host|address):? |ENOTFOUND |lookup |host[: ]+['\"]?)(?P<b>[\w-]+(?:\.[\w-]+)+)"
)

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_AMOUNT = r"(?P<amount>\d+(?:\.\d+)?) ?(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)?"
ASKED = re.compile(
    rf"retry[-_ ]?after[\"']?(?: header)?[ :=]+[\"']?{_AMOUNT}\b"
    rf"|(?:try(?:ing)? again|retry|available|reset(?:s|ting)?|wait)(?: for| at least| again)*(?: in| after)?"
    rf"[ :]+{_AMOUNT.replace('amount', 'amount2').replace('<unit>', '<unit2>')}\b",
    re.IGNORECASE,
)


@remedy
class Retry:
    """Runs it again after a growing pause; the tree stays as it is."""

    name = "retry"
    strategy = Strategy.RETRY
    risk = Risk.SAFE

    def suits(self, failure: Failure) -> float:
        """Return how likely it is that it passes by itself; 0 for what fails in the same way every time."""
        text = _said(failure)
        if PORT_TAKEN.search(text) and failure.category not in STEADY:
            return 0.9
        if BUSY.search(text) and failure.category in (_C.ENVIRONMENT, _C.INFRASTRUCTURE, _C.PERMISSION):
            return 0.7
        if failure.category in PASSING:
            return 0.15 if _lasts(failure) else PASSING[failure.category]
        if failure.category in (_C.TEST_FAILURE, _C.UNKNOWN) and CHANCE.search(text):
            return 0.75
        return PERHAPS.get(failure.category, 0.0)

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the runs to try. A service that asks for more patience than there is goes to a person."""
        failure = case.failure
        text = _said(failure)
        if PORT_TAKEN.search(text):
            found = _runs(failure, "the port may be free by then")
            return found[::2] if failure.category in (_C.TEST_FAILURE, _C.TEST_TIMEOUT) else found
        if BUSY.search(text) and failure.category not in PERHAPS:
            return _runs(failure, "what is in use may be free by then")
        if failure.category in PERHAPS and OUTAGE.search(text) and not ASSERTED.search(text):
            return _runs(failure, "the server may be in order by then")[::2]
        if failure.category not in PASSING:
            return (Rerun(reason="run it again at once, to tell whether it fails every time"),)
        wait = asked_wait(text) or (asked_wait(case.log) if failure.category is _C.RATE_LIMIT else 0.0)
        if wait > LONGEST_WAIT:
            why = f"the service asks to wait {wait / 60:.0f} minutes: run it again after that"
            return (Escalate(reason=why),)
        if _lasts(failure) or _names_new_host(case):
            return (
                Rerun(after=_pause(failure, 0), reason="run it again, in case the other side has recovered"),
            )
        return _runs(failure, "the other side may have recovered by then", at_least=wait)


def asked_wait(text: str) -> float:
    """Return for how many seconds a service asks one to wait; 0 when it does not say."""
    found = []
    for match in ASKED.finditer(text):
        amount = float(match["amount"] or match["amount2"])
        unit = (match["unit"] or match["unit2"] or "s").lower()
        short = "ms" if unit.startswith(("ms", "milli")) else unit[0]
        found.append(amount * UNITS[short])
    return max(found, default=0.0)


def _runs(failure: Failure, hope: str, at_least: float = 0.0) -> tuple[Rerun, ...]:
    """Return one run after each pause; the first one no sooner than the service asks."""
    found = []
    for number in range(len(PAUSES)):
        after = _pause(failure, number)
        if at_least:
            after = min(max(after, at_least + 1.0), LONGEST_WAIT)
        found.append(Rerun(after=round(after, 2), reason=f"run it again after {after:.0f} s: {hope}"))
    return tuple(found)


def _pause(failure: Failure, number: int) -> float:
    """Return a pause, moved a little: many that failed together should not come back together."""
    digest = hashlib.sha256(f"{failure.fingerprint}:{failure.line}:{number}".encode()).digest()
    return PAUSES[number] * (1 + JITTER * (digest[0] / 127.5 - 1))


def _said(failure: Failure) -> str:
    return "\n".join((failure.message, *(quote.text for quote in failure.evidence)))


def _lasts(failure: Failure) -> bool:
    """Whether a server says what it will say again: that there is no such file, that it is not trusted."""
    return LASTING.search(failure.message) is not None and not re.search(r"\b5\d\d\b", failure.message)


def _names_new_host(case: Case) -> bool:
    """Whether the newest commit brought the address that does not answer: it may be mistaken."""
    hosts = {match["a"] or match["b"] for match in HOST.finditer(_said(case.failure))}
    newest = case.bench.past.commits(2)
    if not hosts or len(newest) < 2:
        return False
    added = "".join(line for change in case.bench.past.patch_of(newest[0].id) for line in change.lines[1])
    return any(host in added for host in hosts)
