"""Maven: which plug-in ended a build, and the reason that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.kinds import kind
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Maven"]

_C = Category
_GOAL = re.compile(
    r"Failed to execute goal (?P<group>[\w.-]+):(?P<plugin>[\w.-]+):[\w.-]+:(?P<goal>[\w.-]+)"
    r"(?: \((?P<id>[^)]*)\))?(?: on project (?P<project>[^:\s]+))?:(?P<why>.*)"
)
_ELSEWHERE = re.compile(r"Could not (?:resolve dependencies|find artifact|transfer)|could not be resolved")
"""What rules of artifacts say better."""
_HELP = re.compile(r"\s*-> \[Help \d+\]\s*$")
_MARK = re.compile(r"^\s*\[(?:ERROR|FATAL)\]\s?")
_SUMMARY = re.compile(
    r"Compilation failure|There (?:are|were) test failures|Command execution failed|[Ff]ailed to run task"
    r"|Coverage checks|Some Enforcer rules|Exit code: \d|Failed during (?:checkstyle|\w+) execution"
    r"|An error has occurred|failed with \d+ (?:bugs|errors)|You have \d+|Staging rules failure"
    r"|An Ant BuildException"
)
"""Reasons that leave to other lines what."""
_CODE = re.compile(r"Process Exit Code: (?P<code>13[47])\b")
_MEANINGS: tuple[tuple[Category, float, re.Pattern[str]], ...] = tuple(
    (category, confidence, re.compile(words))
    for category, confidence, words in (
        (_C.ENVIRONMENT, 0.9,
         r"Fatal error compiling: .*(?:IllegalAccess|NoSuchField|NoSuchMethod|NoClassDef|InaccessibleObject"
         r"|ExceptionInInitializer|TypeTag|class file|release)|requires Maven version|toolchain|No compiler"
         r"|Unsupported class file|Cannot run program|executable not found|Docker daemon|docker environment"
         r"|has been compiled by a more recent|is not supported by|Port .* in use"),
        (_C.RATE_LIMIT, 0.93, r"\b429\b|Too Many Requests"),
        (_C.AUTHENTICATION, 0.9, r"\b401\b|Unauthorized|[Aa]uthentication failed|gpg|no default secret key"),
        (_C.PERMISSION, 0.85, r"\b403\b|Forbidden|Permission denied|AccessDenied"),
        (_C.NETWORK, 0.88,
         r"timed out|Connection (?:reset|refused)|[Uu]nknown ?[Hh]ost|PKIX|handshake|Remote host"
         r"|status code 5"),
        (_C.SECURITY_GATE, 0.9, r"CVSS|vulnerabilit"),
        (_C.LINT, 0.85,
         r"unapproved licen[cs]e|expected licen[cs]e header|[Dd]ependency problems found|incompatibilit"
         r"|not in the correct order|is not sorted|API (?:problems|change)"),
        (_C.FORMATTING, 0.88,
         r"format violations|previously formatted|not (?:properly )?(?:formatted|sorted)"),
        (_C.CONFIGURATION, 0.82,
         r"parameters? .* (?:is|are) missing or invalid|is not (?:set|defined|specified)|was not specified"
         r"|does not exist|descriptor|must be|Unable to (?:parse|find|load)|not a valid|Cannot find"
         r"|unexpected|[Ii]nvalid|Unsupported|required"),
        (_C.DEPENDENCY_MISSING, 0.8,
         r"was not found in|required class (?:was )?missing|NoClassDefFoundError"),
        (_C.COMPILE_ERROR, 0.85, r"Compilation fail|Fatal error compiling|compil(?:e|ing)"),
        (_C.TEST_FAILURE, 0.8, r"test failures|tests? failed|The forked VM"),
    )
)  # fmt: skip
"""Category, confidence, and the words of a reason that mean it."""
_PLUGINS: tuple[tuple[Category, re.Pattern[str]], ...] = tuple(
    (category, re.compile(words))
    for category, words in (
        (_C.TEST_FAILURE, r"surefire|failsafe|karate|cucumber|gatling|pitest|invoker"),
        (_C.LINT, r"checkstyle|pmd|spotbugs|findbugs|detekt|ktlint|licen[cs]e|apache-rat|sortpom|japicmp"
                  r"|revapi|clirr|modernizer|forbiddenapis|error-?prone|animal-sniffer|sonar|dependency-plugin"),
        (_C.FORMATTING, r"spotless|formatter|fmt-maven|impsort|git-code-format|xml-format|scalafmt"),
        (_C.COVERAGE_GATE, r"jacoco|cobertura"),
        (_C.SECURITY_GATE, r"dependency-check|ossindex|snyk"),
        (_C.AUTHENTICATION, r"gpg|sign"),
        (_C.COMPILE_ERROR,
         r"compiler|kotlin|scala|groovy|gmaven|aspectj|antlr|protobuf|protoc|jaxb|javadoc|native|graalvm"),
        (_C.CONFIGURATION, r"enforcer|resources|assembly|flatten|release|deploy|nexus|central-publishing"
                           r"|openapi|swagger|liquibase|flyway|jooq|helm|k8s|kubernetes"),
    )
)  # fmt: skip
"""What a plug-in finds when it fails."""


@parser
class Maven:
    """Understands `Failed to execute goal`."""

    name = "maven"
    cues = ("Failed to execute goal ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a plug-in failed."""
        found = _GOAL.search(log[number])
        if (
            found is None
            or _ELSEWHERE.search(found["why"])
            or log[number].lstrip().startswith(("at ", "[WARN"))
        ):
            return
        below = [(other, _MARK.sub("", line)) for other, line in log.after(number, 14) if _MARK.match(line)]
        killed = next(((other, line) for other, line in below if (code := _CODE.search(line)) and code), None)
        if killed and "137" in killed[1]:
            yield told(
                self.name, _C.RESOURCE_MEMORY, 0.92, killed[0],
                "the Java program that runs the tests was killed, in all likelihood because memory ran out",
                evidence=(number,),
            )  # fmt: skip
            return
        why, line = _HELP.sub("", found["why"]).strip(), number
        if not why or why.endswith(":"):
            said = next(((other, text) for other, text in below if _HELP.sub("", text).strip()), None)
            why = f"{why} {said[1].strip()}".strip() if said else why
            line = said[0] if said and not found["why"].strip() else number
        category, confidence = _meaning(why, f"{found['plugin']} {found['goal']} {found['id'] or ''}")
        yield told(
            self.name,
            category,
            confidence,
            line,
            f"{found['plugin']} fails{' in ' + found['project'] if found['project'] else ''}: {why}",
            evidence=(number, *(other for other, text in below[:1] if text.strip())),
            place=Place(package=found["project"] or ""),
            role=Role.HINT if _SUMMARY.search(why) or not why else Role.CAUSE,
        )


def _meaning(why: str, plugin: str) -> tuple[Category, float]:
    """Return what a reason means: by its own words, or by what the plug-in is for."""
    for category, confidence, words in _MEANINGS:
        if words.search(why):
            return category, confidence
    own = next((category for category, words in _PLUGINS if words.search(plugin)), None)
    if own:
        return own, 0.75
    category, clear = kind([why], [plugin])
    return (_C.CONFIGURATION, 0.6) if category is _C.UNKNOWN else (category, 0.72 if clear else 0.6)
