"""Building a Python package: what in the output of a build, however long, says why it failed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.python_errors import Verdict, judge, split_exception

__all__ = ["root_of_build"]

_C = Category
_SURE: tuple[tuple[re.Pattern[str], Category, str], ...] = tuple(
    (re.compile(pattern), category, cause)
    for pattern, category, cause in (
        (r"No space left on device|Errno 28\b", _C.RESOURCE_DISK, "there is no room left on the disk"),
        (
            r"internal compiler error: Killed|cc1(?:plus)?: out of memory|Killed signal terminated program"
            r"|virtual memory exhausted|signal: 9, SIGKILL|std::bad_alloc",
            _C.RESOURCE_MEMORY,
            "there is not enough memory to build a package",
        ),
        (
            r"Unknown (?:version source|build hook|metadata hook|version scheme|environment collector): ",
            _C.DEPENDENCY_MISSING,
            "the build uses a plugin that it does not ask for",
        ),
        (
            r"use_2to3 is invalid|has no attribute 'cython_sources'|'cython_sources'|has no attribute"
            r" 'ImpImporter'"
            r"|has no attribute 'install_layout'|longintrepr\.h: No such file|InvalidVersion: Invalid version"
            r"|canonicalize_version\(\) got an unexpected|has no attribute 'get_installer'|module"
            r" 'configparser' has no"
            r"|cannot import name '\w+' from 'setuptools|No module named 'distutils|No module named 'imp'"
            r"|has no member named ['\u2018](?:tp_print|exc_type|curexc_traceback|ob_digit|use_tracing)"
            r"|undeclared identifier '_?Py(?:Unicode_|Gen_|Long_AsByteArray)|invalid command"
            r" 'bdist_wheel_universal"
            r"|The 'sklearn' PyPI package is deprecated|license_file parameter is deprecated, use"
            r"|dash-separated .* removed",
            _C.DEPENDENCY_BREAKING_CHANGE,
            "the package does not build with today's Python or setuptools",
        ),
        (
            r"pg_config executable not found|mysql_config.{0,20}not found|Can not find valid pkg-config name"
            r"|Could not run curl-config|libxml2 and libxslt development packages|headers or library files"
            r" could not be"
            r"|can't find Rust compiler|cannot find Rust|Cargo, the Rust package manager, is not installed"
            r"|Microsoft Visual C\+\+ \d|CMake must be installed|CMake is not installed|pkg-config.{0,30}not"
            r" found"
            r"|unable to execute '?\S+|command '\S+' failed: No such file|Could NOT find [A-Z]\w+"
            r"|No such file or directory: '(?:gcc|cc|g\+\+|cmake|cargo|rustc|swig|pkg-config|make|ninja|git"
            r"|nvcc|clang"
            r"|llvm-config|node|npm|gfortran|bash|autoreconf|curl)'|fatal error: '?[\w/.+-]+\.(?:h|hpp"
            r"|hh)'?[: ]"
            r"|cannot find -l\w+|library not found for -l|Unable to find vcvarsall|xcrun: error"
            r"|bazel.{0,20}not found"
            r"|(?:No|no) (?:Fortran|C\+*) compiler|Unknown compiler\(s\)|Dependency \"\w+\" not found, tried"
            r"|The CUDA_HOME environment variable is not set|CUDA_HOME.{0,20}not set|Program \S+ not found"
            r"|rustc \S+ is not supported|requires rustc|is not able to compile a simple test program"
            r"|requires? (?:a )?(?:Python|python) (?:version )?[<>=!~\d]|Python version >=?"
            r" ?\d.{0,20}(?:required|supported)",
            _C.ENVIRONMENT,
            "a program or library that building a package needs is not on the machine",
        ),
        (
            r"Temporary failure in name resolution|Name or service not known|Max retries exceeded|Connection"
            r" timed out"
            r"|Could not resolve host|urlopen error|Connection reset by peer|CERTIFICATE_VERIFY_FAILED",
            _C.NETWORK,
            "a host could not be reached while a package was built",
        ),
        (
            r"^\s*\S+\.(?:c|cc|cpp|cxx|h|hpp|hh|cu|m|mm|f90|f)(?::\d+){1,2}: (?:fatal )?error: "
            r"|\.pyx:\d+:\d+: [^w]"
            r"|^\s*error\[E\d{4}\]|^\s*error: could not compile `|: error: (?:expected|unknown|use of|no m"
            r"|implicit|too)"
            r"|\): error C\d{4}: ",
            _C.COMPILE_ERROR,
            "an extension does not compile",
        ),
        (
            r"No matching distribution found for|Could not find a version that satisfies the requirement",
            _C.DEPENDENCY_MISSING,
            "a package that the build needs is not to be had",
        ),
        (
            r"ResolutionImpossible|conflicting dependencies",
            _C.DEPENDENCY_CONFLICT,
            "the build's requirements conflict",
        ),
    )
)
_UNSURE = re.compile(
    r"^\s*(?:error in \S+ setup command: |error: (?!subprocess-exited|command |metadata)|ERROR: |"
    r"(?:\S*distutils\.errors|setuptools)\.\S+: |\S*Error: |configuration error: )".replace("(?!", "(?!"),
)
_PROBED = re.compile(
    r"AttributeError: module '[\w.]+' has no attribute"
    r" '(?:prepare_metadata_for|get_requires_for)?_?build_(?:wheel|editable|sdist)'"
)
"""pip looks for the hook of a backend that need not have it, and goes on without."""


def root_of_build(lines: Sequence[tuple[int, str]]) -> tuple[int, Verdict] | None:
    """Return the line of a build's output that says why it failed, and what it means."""
    for pattern, category, cause in _SURE:
        for number, line in lines:
            if pattern.search(line) and "warning:" not in line.lower():
                return number, Verdict(category=category, cause=cause)
    guess: tuple[int, Verdict] | None = None
    for number, line in lines:
        text = line.strip(" │")
        parts = split_exception(text)
        if parts is not None and not parts[0].endswith("Warning") and not text.startswith("File "):
            verdict = judge(*parts)
            if parts[0].endswith(("CalledProcessError", "SystemExit")) or _PROBED.match(text):
                continue
            if verdict.certain and verdict.category not in (_C.CONFIGURATION, _C.PERMISSION):
                return number, verdict
            guess = (
                number,
                Verdict(category=_C.PACKAGING_BUILD, cause=f"the package does not build: {text[:200]}"),
            )
        elif guess is None and _UNSURE.match(text):
            guess = (
                number,
                Verdict(category=_C.PACKAGING_BUILD, cause=f"the package does not build: {text[:200]}"),
            )
    return guess
