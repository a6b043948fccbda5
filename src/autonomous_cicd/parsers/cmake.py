"""CMake: an error of several lines, the reason in the paragraph below its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["CMake"]

_ERROR = re.compile(
    r"CMake Error(?: \(dev\))?(?: (?:at|in) (?P<file>[^\s:]+)(?::(?P<line>\d+))?)?(?: \((?P<what>\w+)\))?:"
    r"\s*(?P<said>.*)"
)
_STOP = re.compile(
    r"^\s*(?:-- |CMake (?:Error|Warning|Deprecation)|See also|Call Stack|##\[|make|ninja|\$ |\+ )"
)
_NETWORK = re.compile(
    r"SSL (?:connect|error|peer)|[Cc]ould ?n.t resolve|[Cc]ould not resolve host|[Tt]imeout was reached"
    r"|status_code: |Failed to (?:clone|connect)|DOWNLOAD (?:cannot|failed)|error: downloading"
)
_BREAKING = re.compile(r"Compatibility with CMake < [\d.]+ has been removed")
_ENVIRONMENT = re.compile(
    r"or higher is required\.\s+You are running|No CMAKE_\w+_COMPILER could be found|is not a full path and"
    r"|not able to compile a simple test|is not able to compile|Could not find compiler set"
    r"|CMAKE_MAKE_PROGRAM is not set|No known features|unable to find a build program"
    r"|could not find any instance of Visual Studio|Could not create named generator"
    r"|does not support .* specification|[Uu]nsupported compiler|No CUDA toolset|Failed to find nvcc"
    r"|compiler .* (?:is )?(?:too old|not supported|identification)"
    r"|requires? (?:at least )?(?:GCC|gcc|Clang|MSVC|a C\+\+)|tell CMake where to find the compiler"
)
_MISSING = re.compile(
    r"Could NOT find|[Cc]ould not find a (?:package )?configuration file|provided? (?:by|\"Find)"
    r"|By not providing \"Find|[Rr]equired (?:package|library|packages|program)|set to NOTFOUND"
    r"|(?:[Cc]ould not|[Cc]ouldn.t|[Cc]annot|[Uu]nable to|[Ff]ailed to) (?:find|locate) "
    r"|is (?:required|missing|needed)|not found|[Pp]lease install|submodule"
)
_VCPKG = re.compile(r"vcpkg|buildtrees")
"""What says below which package could not be built."""
_KINDS = (
    (Category.NETWORK, _NETWORK),
    (Category.DEPENDENCY_BREAKING_CHANGE, _BREAKING),
    (Category.ENVIRONMENT, _ENVIRONMENT),
    (Category.DEPENDENCY_MISSING, _MISSING),
)
_OWN = re.compile(
    r"Cannot find source file|does not exist|Unknown CMake command|Parse error|include could not find|"
    r"not an existing directory|does not (?:contain|appear)|requested file|No SOURCES|target was not found|"
    r"No rule|Unknown argument|load cache|called with (?:incorrect|invalid)|Syntax error"
)


@parser
class CMake:
    """Understands `CMake Error at FILE:LINE (COMMAND):` and the text below."""

    name = "cmake"
    cues = ("CMake Error",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why cmake stopped."""
        match = _ERROR.search(log[number])
        if match is None:
            return
        said: list[tuple[int, str]] = [(number, match["said"].strip())] if match["said"].strip() else []
        for other, line in log.after(number, 14):
            if _STOP.match(line):
                break
            if line.strip():
                said.append((other, line.strip()))
            elif len(said) > 6:
                break
        text = " ".join(line for _, line in said)[:2000]
        if not text or "Problem encountered" in text or _VCPKG.search(text):
            return
        category = _category(text)
        first = said[0][0]
        yield told(
            self.name,
            category,
            0.9 if category is not Category.CONFIGURATION else 0.82,
            first,
            f"cmake stopped: {text}",
            evidence=(*(other for other, _ in said[1:3]), number),
            covers=(number, said[-1][0]),
            place=Place(file=match["file"] or "", line=int((match["line"] or "0")[:9])),
        )


def _category(text: str) -> Category:
    if _OWN.search(text) and "package configuration file" not in text:
        return Category.CONFIGURATION
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), Category.CONFIGURATION)
