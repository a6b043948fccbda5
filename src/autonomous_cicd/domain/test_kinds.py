"""The kind of a failed test, by what it said: most are broken assertions, some never got so far."""

from __future__ import annotations

import re

from autonomous_cicd.domain.diagnosis import Category

__all__ = ["kind_of_test"]

_KINDS = (
    (Category.RESOURCE_MEMORY, re.compile(r"OutOfMemory|heap out of memory|Cannot allocate memory")),
    (
        Category.TEST_TIMEOUT,
        re.compile(
            r"TestTimedOutException|timed out after|TimeoutException: \S+\(\) timed"
            r"|exceeded execution timeout|exceeded (?:the )?timeout (?:period|value)"
            r"|Test exceeded Timeout|did not complete within"
        ),
    ),
    (
        Category.ENVIRONMENT,
        re.compile(r"(?:Could not find a valid|Cannot connect to the|is) Docker (?:env|daemon)"),
    ),
    (
        Category.INFRASTRUCTURE,
        re.compile(
            r"[Cc]onnection refused|ConnectException|CommunicationsException|UnknownHostException"
            r"|ECONNREFUSED|actively refused it"
        ),
    ),
)


def kind_of_test(said: str) -> Category:
    """Return what kind of failure a test's words mean."""
    return next((category for category, words in _KINDS if words.search(said)), Category.TEST_FAILURE)
