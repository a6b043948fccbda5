"""Headers that a C compiler does not find: a library's, or the project's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["CHeader", "CythonError", "OCaml"]

_MISSING = re.compile(
    r"(?<![\w./\\+@-])(?P<file>[\w./\\+@-]{1,250}):(?P<line>\d+)(?::\d+)?: (?:fatal )?error: "
    r"['\"\u2018]?(?P<header>[\w./+-]+)['\"\u2019]?:? "
    r"(?:No such file or directory|file not found)"
)
_ASKED = re.compile(r"#\s*(?:include|import) (?P<mark>[<\"])(?P<header>[^>\"]+)[>\"]")
_TRIED = re.compile(r"conftest\.|_configtest|CMakeTmp|CMakeScratch")

_PYX = re.compile(r"^\s*(?P<file>[\w./\\-]+\.(?:pyx|pxd|pxi|py)):(?P<line>\d+):\d+: (?P<said>.+)")
_OCAML_FILE = re.compile(r'^\s*(?:#=== )?File "(?P<file>[^"]+)", lines? (?P<line>\d+)')
_OCAML_ERROR = re.compile(r"^\s*Error(?: \(.*\))?: (?P<said>.+)")


@parser
class CHeader:
    """Tells by the brackets of the `#include` whether a header belongs to a library."""

    name = "c-header"
    cues = ("No such file or directory", "file not found")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return a header that is asked for in angle brackets."""
        match = _MISSING.search(log[number])
        if match is None or _TRIED.search(match["file"]):
            return
        asked = next((found for _, line in log.after(number, 3) if (found := _ASKED.search(line))), None)
        if asked is None or asked["header"] != match["header"] or asked["mark"] != "<":
            return
        yield told(
            self.name,
            Category.DEPENDENCY_MISSING,
            0.9,
            number,
            f"the header {match['header']} of a library is not there",
            place=Place(file=match["file"], line=int(match["line"][:9])),
        )


@parser
class CythonError:
    """Understands the box that Cython draws around an error."""

    name = "cython"
    cues = ("Error compiling Cython file:",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the line below the box."""
        found = next(((at, match) for at, line in log.after(number, 40) if (match := _PYX.match(line))), None)
        if found is None:
            return
        at, match = found
        yield told(
            self.name,
            Category.COMPILE_ERROR,
            0.95,
            at,
            f"Cython cannot compile {match['file']}: {match['said']}",
            covers=(number, at),
            place=Place(file=match["file"], line=int(match["line"][:9])),
        )


@parser
class OCaml:
    """Understands an error of the OCaml compiler below its place."""

    name = "ocaml"
    cues = ('File "',)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the compiler says."""
        match = _OCAML_FILE.match(log[number])
        if match is None or not re.search(
            r"\.(?:mli?|mll|mly|re|rei)$|(?:^|/)dune(?:-project)?$", match["file"]
        ):
            return
        found = next(
            ((at, said) for at, line in log.after(number, 8) if (said := _OCAML_ERROR.match(line))), None
        )
        if found is None:
            return
        at, said = found
        missing = re.match(r'Library ".*" not found', said["said"])
        yield told(
            self.name,
            Category.DEPENDENCY_MISSING if missing else Category.COMPILE_ERROR,
            0.94,
            at,
            f"{match['file']} does not compile: {said['said']}",
            evidence=(number,),
            covers=(number, at),
            place=Place(file=match["file"], line=int(match["line"][:9])),
        )
