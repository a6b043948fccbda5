"""Python errors: what an exception, its text and the places that it went through say of the cause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.python_names import KNOWN, NAMESPACES, NOT_BUILT_IN, OWN_NAMES, REMOVED
from autonomous_cicd.values import dataclass

__all__ = ["EXCEPTION", "Verdict", "first_party", "foreign", "judge", "split_exception"]

_C = Category

EXCEPTION = re.compile(
    r"(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Timeout|Failed|Failure"
    r"|Refused"
    r"|Flaky|Unsatisfiable|NotFound|NotExist\w*|Missing\w*|Invalid\w*|Unavailable|Denied|Group|Removed\w*"
    r"|Impossible"
    r"|MultipleHeads|NoBrokersAvailable|Unknown\w*|Conflict\w*|Mismatch\w*|Required|Expired|Violation|Cycle"
    r"|Abort)"
    r"|(?:[A-Za-z_]\w*\.)+[A-Z]\w+|Failed|Failure|Exception|StopIteration|StopAsyncIteration|Empty|Full)"
    r"(?:: ?(?P<text>.*))?"
)
"""A line that names an exception, with its text; the name alone ends the line or is followed by a colon."""


_MISSING = re.compile(r"No module named '?\"?(?P<module>[\w.]+)")
_NAME = re.compile(
    r"cannot import name '?(?P<name>\w+)'?(?: from (?P<partial>partially initialized module"
    r" )?'?(?P<module>[\w.]+)'?)?"
)
_FOREIGN = re.compile(
    r"[/\\](?:site|dist)-packages[/\\]|[/\\]lib(?:64)?[/\\]python\d|[/\\]python\d\.?\d*[/\\](?:Lib|lib)[/\\]"
    r"|<frozen |[/\\]Lib[/\\]|[/\\]hostedtoolcache[/\\]|pip-build-env|[/\\]\.pyenv[/\\]"
)
_STANDARD = re.compile(r"[/\\](?:lib(?:64)?[/\\]python\d\.\d+|Lib)[/\\](?!site-packages|dist-packages)")
_VERSION = re.compile(r"python3?\.?(?P<minor>\d\d?)[/\\]")

_VARIABLE = re.compile(
    r"(?i:environment variables?|env(?:ironment)? vars?\b|declare it as envvar|unset variable)"
    r"|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+ (?:is |was |must be |has |are )?"
    r"(?:not (?:set|been set|defined|configured|found|provided)|unset|missing|required|set\b)"
    r"|(?:[Mm]issing|[Rr]equires?|[Ss]et|[Pp]lease set) (?:the )?(?:required )?[A-Z][A-Z0-9]*_[A-Z0-9_]+\b"
)
_SERVICE = re.compile(
    r"[Cc]onnection refused|Errno 111|Errno 61\b|WinError 10061|actively refused|Can't connect to \S*"
    r" ?(?:server|MySQL)"
    r"|could not connect to server|connection to server (?:at|on) |NoBrokersAvailable|No servers? available"
    r"|ServerSelectionTimeout|could not translate host name|Cannot connect to the Docker daemon"
    r"|Error while fetching server API version"
)
_UNRESOLVED = re.compile(
    r"Name or service not known|Temporary failure in name resolution|nodename nor servname|getaddrinfo failed"
    r"|Failed to resolve|No address associated with hostname|NameResolutionError|Network is unreachable"
)
_WEB = re.compile(
    r"Max retries exceeded|HTTPS?ConnectionPool|CERTIFICATE_VERIFY_FAILED|Read timed out|Remote end closed"
    r" connection"
    r"|Connection reset by peer|Server disconnected|Cannot connect to host|urlopen error|Connection aborted"
)
_HERE = re.compile(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|::1|host=?'?(?:db|postgres\w*|redis|mysql|mongo\w*|rabbitmq)\b"
)

_GONE: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"module 'numpy(?:\.\w+)*' has no attribute|`?np\.\w+`? was (?:removed|a deprecated alias)",
        r"numpy\.\w+ size changed|compiled (?:using NumPy 1|against (?:ABI|API) version)|multiarray failed"
        r" to import",
        r"'(?:DataFrame|Series|\w*Index|Panel)' object has no attribute '(?:append|ix|iteritems|as_matrix"
        r"|get_value"
        r"|lookup|mad|tshift|is_monotonic|weekofyear|week|applymap|sort|ftypes|iteritems|to_panel|pad"
        r"|swapaxes)'",
        r"'(?:Engine|OptionEngine)' object has no attribute '(?:execute|table_names|has_table|scalar)'",
        r"'Flask' object has no attribute '(?:before_first_request|json_encoder|json_decoder|env"
        r"|session_cookie_name)'",
        r"'EntryPoints' object has no attribute|'SelectableGroups' object",
        r"object has no attribute '(?:assertEquals|assertItemsEqual|assertRegexpMatches|assertRaisesRegexp"
        r"|assert_"
        r"|assertNotEquals|assertAlmostEquals|assertDictContainsSubset|assertNotRegexpMatches|cython_sources"
        r"|install_layout|get_feature_names|isAlive|getiterator|getchildren|textsize|getsize|iteritems"
        r"|itervalues"
        r"|iterkeys|has_key|tostring|readfp|is_xhr)'",
        r"'str' object has no attribute 'decode'",
        r"BaseSettings`? has been moved|APIRemovedInV1|Descriptors cannot (?:not )?be created directly",
        r"should be explicitly declared as text|Not an executable object",
        r"missing 1 required positional argument: 'Loader'|only supports OpenSSL|use_2to3",
        r"unexpected keyword argument '(?:proxies|method_whitelist|loop|squared|line_terminator"
        r"|error_bad_lines"
        r"|warn_bad_lines|attachment_filename|cache_timeout|convert_unicode|base_estimator|affinity|as_tuple"
        r"|strip_trailing_zero|use_auth_token|date_parser|executable_path|chrome_options|desired_capabilities"
        r"|autocommit|force_all_finite|load_from|dump_to|allowed_methods|mangle_dupe_cols|keep_prob|iid)'",
        r"(?i)(?:was|were|has been|have been|is) removed in (?:\w+ )?(?:v(?:ersion)? ?)?\d|no longer"
        r" (?:supported|available)"
        r" (?:in|since|as of)|(?:is|are) no longer (?:supported|available|part of)",
        r"generator-based coroutine|'coroutine' is not supported|module 'asyncio' has no attribute",
    )
)
_EXTRA = re.compile(
    r"(?i)(?:missing optional dependency|is not installed|must be installed|needs? to be installed|to be"
    r" installed"
    r"|please (?:pip )?install|pip install|package is required|requires the [\"'`\w.-]+ (?:package|library"
    r"|module)"
    r"|requires [\w\"'`-]+ to be installed|did you install|unable to find a usable engine|install it with)"
    r"|Error loading \w+ module|Couldn't find a tree builder|requires \"?python-multipart"
)
_AUTH = re.compile(
    r"(?i)password authentication failed|access denied for user|unable to locate credentials|invalid (?:api"
    r"|access) key"
    r"|incorrect api key|InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|could not automatically"
    r" determine"
    r" credentials|default credentials were not found|401 (?:client error|unauthorized)|bad credentials"
)
_LIMIT = re.compile(r"(?i)\b429\b|rate limit|too many requests|quota exceeded")
_LIBRARY = re.compile(
    r"cannot open shared object file|DLL load failed|version [`'](?:GLIBC|GLIBCXX|CXXABI)|image not found"
)
_MEMORY = re.compile(
    r"(?i)cuda out of memory|cannot allocate memory|Unable to allocate \S+ [KMGT]iB|OOM when allocating"
)
_DISK = re.compile(r"Errno 28\b|No space left on device|Errno 122\b|Disk quota exceeded|disk I/O error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an exception means."""

    category: Category
    cause: str
    package: str = ""
    certain: bool = True
    """Whether its text says it; else it is only what such an exception usually is."""


def split_exception(line: str) -> tuple[str, str] | None:
    """Return the name and the text of an exception that a line states; None when it states none."""
    match = EXCEPTION.match(line)
    if match is None:
        return None
    if match["text"] is None and match.end() != len(line.rstrip()):
        return None
    return match["name"], (match["text"] or "").strip()


def foreign(file: str) -> bool:
    """Whether a file belongs to an installed package or to Python itself."""
    return bool(_FOREIGN.search(file))


def first_party(module: str, files: Sequence[str]) -> bool:
    """Whether a module is one of the project's own, as far as its name and the files of its traceback say."""
    top = module.partition(".")[0]
    if top in OWN_NAMES:
        return True
    own = [file.replace("\\", "/") for file in files if not foreign(file)]
    return any(f"/{top}/" in f"/{file}" or file.endswith(f"/{top}.py") or file == f"{top}.py" for file in own)


def judge(name: str, text: str, files: Sequence[str] = ()) -> Verdict:
    """Return what an exception means; `files`: those of its traceback, the innermost last."""
    short = name.rpartition(".")[2]
    for look in (_imports, _breaks, _surroundings, _syntax):
        if verdict := look(name, short, text, files):
            return verdict
    category = _C.TEST_FAILURE if short == "AssertionError" else _C.UNKNOWN
    return Verdict(category=category, cause=_worded(short, text), certain=False)


def _imports(name: str, short: str, text: str, files: Sequence[str]) -> Verdict | None:
    if short not in ("ModuleNotFoundError", "ImportError") and not _MISSING.search(text[:200]):
        return None
    if missing := _MISSING.search(text):
        return _missing_module(missing["module"].strip("."), text, files)
    if _LIBRARY.search(text):
        return Verdict(category=_C.ENVIRONMENT, cause="a shared library is not on the machine, or is too old")
    if "undefined symbol" in text or "symbol not found" in text:
        return Verdict(
            category=_C.DEPENDENCY_CONFLICT, cause="an extension does not fit to the library it needs"
        )
    if found := _NAME.search(text):
        return _missing_name(found, text, files)
    if "relative import" in text:
        return Verdict(category=_C.IMPORT_ERROR, cause="a relative import outside of a package")
    return None


def _missing_module(module: str, text: str, files: Sequence[str]) -> Verdict:
    top, _, rest = module.partition(".")
    if top == "distutils" and _minor(files) < 12:
        return Verdict(
            category=_C.ENVIRONMENT, cause="this Python was installed without distutils", package=top
        )
    if top in NOT_BUILT_IN:
        return Verdict(category=_C.ENVIRONMENT, cause=f"this Python was installed without {top}", package=top)
    if top in REMOVED and not first_party(module, files):
        cause = f"this Python no longer has the module {top}"
        return Verdict(category=_C.DEPENDENCY_BREAKING_CHANGE, cause=cause, package=top)
    if "is not a package" in text:
        return Verdict(category=_C.IMPORT_ERROR, cause=f"{top} is no package: a file of that name hides it")
    if first_party(module, files):
        return Verdict(category=_C.IMPORT_ERROR, cause=f"the project's own module {module} is not found")
    if rest and top in KNOWN and top not in NAMESPACES:
        cause = f"the installed {top} has no {module}"
        return Verdict(category=_C.DEPENDENCY_BREAKING_CHANGE, cause=cause, package=top)
    if (
        rest
        and top not in NAMESPACES
        and "Error" not in text
        and any(not foreign(file) for file in files[-1:])
    ):
        # Python names the first part that is missing: what stands before the last dot was found.
        return Verdict(category=_C.IMPORT_ERROR, cause=f"{module} is not found", package=top, certain=False)
    cause = f"{module} is imported but not installed"
    return Verdict(category=_C.DEPENDENCY_MISSING, cause=cause, package=top)


def _minor(files: Sequence[str]) -> int:
    """Return the second part of the version of the Python of these files; 99 when they do not say."""
    found = [int(match["minor"]) for file in files if (match := _VERSION.search(file))]
    return found[0] if found else 99


def _of_one_package(module: str, where: str, files: Sequence[str]) -> bool:
    """Whether a package misses what itself defines: no release of another one is to blame."""
    folder = f"-packages/{module.partition('.')[0]}/"
    return bool(module) and folder in where and any(folder in file for file in files[-1:])


def _missing_name(found: re.Match[str], text: str, files: Sequence[str]) -> Verdict:
    module, name = found["module"] or "", found["name"]
    where = text[found.end() :]
    cause = f"{name} is not in {module}" if module else f"{name} cannot be imported"
    circular = bool(found["partial"]) or "circular import" in where
    gone = Verdict(category=_C.DEPENDENCY_BREAKING_CHANGE, cause=cause, package=module.partition(".")[0])
    own = Verdict(category=_C.IMPORT_ERROR, cause=cause)
    if _of_one_package(module, where, files):
        return own
    if foreign(where) or (where.strip().startswith("(/usr/lib") and _STANDARD.search(where)):
        return gone
    if circular or where.strip().startswith("("):
        return gone if "unknown location" in where and module.partition(".")[0] in KNOWN else own
    if module:
        return gone if module.partition(".")[0] in KNOWN else own
    return gone if files and foreign(files[-1]) else own


def _breaks(name: str, short: str, text: str, files: Sequence[str]) -> Verdict | None:
    if (
        any(pattern.search(text) for pattern in _GONE)
        or "InvalidVersion" in name
        or "pydantic.errors" in name
    ):
        return Verdict(
            category=_C.DEPENDENCY_BREAKING_CHANGE, cause="a release no longer works as it is used"
        )
    if short == "AttributeError" and (found := re.match(r"module '([\w.]+)' has no attribute '(\w+)'", text)):
        top = found[1].partition(".")[0]
        if top in KNOWN or (top in REMOVED):
            cause = f"{found[1]} no longer has {found[2]}"
            return Verdict(category=_C.DEPENDENCY_BREAKING_CHANGE, cause=cause, package=top)
    if "partially initialized module" in text:
        return Verdict(category=_C.IMPORT_ERROR, cause="modules import each other in a circle")
    calls = re.search(
        r"unexpected keyword argument|object has no attribute|required positional argument", text
    )
    if short in ("AttributeError", "TypeError") and calls and files and foreign(files[-1]):
        importing = sum(foreign(file) for file in files[-3:]) == min(len(files), 3) and len(files) > 1
        if importing:
            cause = "installed packages do not fit together"
            return Verdict(category=_C.DEPENDENCY_BREAKING_CHANGE, cause=cause, certain=False)
    return None


_BY_TEXT: tuple[tuple[re.Pattern[str], Category, str], ...] = (
    (_DISK, _C.RESOURCE_DISK, "there is no room left on the disk"),
    (_MEMORY, _C.RESOURCE_MEMORY, "there is not enough memory"),
    (re.compile(r"Errno (?:98|48)\b|Address already in use"), _C.ENVIRONMENT, "a port is taken"),
    (_LIBRARY, _C.ENVIRONMENT, "a shared library is not on the machine, or is too old"),
    (_AUTH, _C.AUTHENTICATION, "credentials are missing or refused"),
    (_VARIABLE, _C.ENVIRONMENT, "a variable of the environment is not set"),
)
_BY_NAME: dict[str, tuple[Category, str]] = {
    "MemoryError": (_C.RESOURCE_MEMORY, "there is not enough memory"),
    "_ArrayMemoryError": (_C.RESOURCE_MEMORY, "there is not enough memory"),
    "OutOfMemoryError": (_C.RESOURCE_MEMORY, "there is not enough memory"),
    "NoCredentialsError": (_C.AUTHENTICATION, "there are no credentials"),
    "DefaultCredentialsError": (_C.AUTHENTICATION, "there are no credentials"),
    "TimeoutExpired": (_C.RESOURCE_TIMEOUT, "a program took too long"),
    "NoRegionError": (_C.ENVIRONMENT, "no region is set"),
    "UndefinedValueError": (_C.ENVIRONMENT, "a variable of the environment is not set"),
    "ConnectionRefusedError": (_C.INFRASTRUCTURE, "a service did not take the connection"),
    "ServerSelectionTimeoutError": (_C.INFRASTRUCTURE, "a service could not be reached"),
    "NoBrokersAvailable": (_C.INFRASTRUCTURE, "a service could not be reached"),
    "AMQPConnectionError": (_C.INFRASTRUCTURE, "a service could not be reached"),
    "AppRegistryNotReady": (_C.CONFIGURATION, "Django is used before it was set up"),
    "ImproperlyConfigured": (_C.CONFIGURATION, "the settings are wrong"),
    "JSONDecodeError": (_C.CONFIGURATION, "a JSON file cannot be read"),
    "TOMLDecodeError": (_C.CONFIGURATION, "a TOML file cannot be read"),
    "ScannerError": (_C.CONFIGURATION, "a YAML file cannot be read"),
    "ParserError": (_C.CONFIGURATION, "a file cannot be read"),
    "MissingSectionHeaderError": (_C.CONFIGURATION, "an INI file cannot be read"),
    "NoSectionError": (_C.CONFIGURATION, "a section is missing in an INI file"),
    "NoOptionError": (_C.CONFIGURATION, "an option is missing in an INI file"),
    "NodeNotFoundError": (_C.CONFIGURATION, "a migration is missing"),
    "InconsistentMigrationHistory": (_C.CONFIGURATION, "the migrations do not fit together"),
    "Flaky": (_C.FLAKY_TEST, "a test fails sometimes only"),
    "FlakyFailure": (_C.FLAKY_TEST, "a test fails sometimes only"),
    "FlakyReplay": (_C.FLAKY_TEST, "a test fails sometimes only"),
}


def _surroundings(name: str, short: str, text: str, files: Sequence[str]) -> Verdict | None:
    if short in ("AssertionError", "Failed", "DocTestFailure"):
        return None
    if _EXTRA.search(text):
        return Verdict(category=_C.DEPENDENCY_MISSING, cause="an optional package is used but not installed")
    if short == "KeyError" and re.match(r"b?['\"][A-Z][A-Z0-9_]{2,}['\"]$", text):
        read = any(re.search(r"(?:^|[/\\<]|frozen )os(?:\.py)?>?$", file) for file in files[-1:])
        if read or "_" in text:
            cause = f"the variable {text.strip(chr(39))} is not set"
            return Verdict(category=_C.ENVIRONMENT, cause=cause, certain=read)
    for pattern, category, cause in _BY_TEXT:
        if pattern.search(text):
            return Verdict(category=category, cause=cause)
    if verdict := _connections(name, short, text):
        return verdict
    if short in _BY_NAME:
        category, cause = _BY_NAME[short]
        sure = (
            category not in (_C.CONFIGURATION, _C.RESOURCE_TIMEOUT)
            or "Django" in cause
            or "settings" in cause
        )
        return Verdict(category=category, cause=f"{cause}: {text[:200]}" if text else cause, certain=sure)
    return _files(short, text, files)


def _connections(name: str, short: str, text: str) -> Verdict | None:
    """Tell a service of the run that does not answer from a host somewhere else."""
    both = f"{name}: {text}"
    if short in ("HTTPError", "HTTPStatusError", "RateLimitError") and _LIMIT.search(text):
        return Verdict(category=_C.RATE_LIMIT, cause="a service was asked too often")
    refused = _SERVICE.search(both)
    lost = _UNRESOLVED.search(both) or short in ("gaierror", "NameResolutionError")
    if "permission denied" in text.lower() and "docker" in both.lower():
        return Verdict(category=_C.PERMISSION, cause="the Docker daemon may not be used")
    if refused and not (_WEB.search(text) and not _HERE.search(text)):
        return Verdict(category=_C.INFRASTRUCTURE, cause="a service did not take the connection")
    if lost or (_WEB.search(both) and short not in ("TypeError", "ValueError", "KeyError")):
        if _HERE.search(text):
            return Verdict(category=_C.INFRASTRUCTURE, cause="a service could not be reached")
        return Verdict(category=_C.NETWORK, cause="a host could not be reached")
    if short == "HTTPError" and re.search(r"\b5\d\d\b", text):
        return Verdict(category=_C.NETWORK, cause="a server answered with an error")
    return None


def _files(short: str, text: str, files: Sequence[str]) -> Verdict | None:
    if short == "PermissionError" or "Errno 13]" in text:
        return Verdict(category=_C.PERMISSION, cause=f"not allowed: {text[:200]}", certain=False)
    if short == "FileNotFoundError" or "Errno 2]" in text:
        program = any("subprocess.py" in file for file in files[-3:])
        what = _C.ENVIRONMENT if program else _C.CONFIGURATION
        cause = "a program is not on the machine" if program else "a file is not there"
        return Verdict(category=what, cause=f"{cause}: {text[:200]}", certain=program)
    return None


def _syntax(name: str, short: str, text: str, files: Sequence[str]) -> Verdict | None:
    if short not in ("SyntaxError", "IndentationError", "TabError"):
        return None
    if files and re.search(r"[/\\](?:site|dist)-packages[/\\]", files[-1]):
        cause = "an installed package is not written for this Python"
        return Verdict(category=_C.ENVIRONMENT, cause=cause, certain=False)
    return Verdict(category=_C.SYNTAX_ERROR, cause=f"the source is no valid Python: {text[:200]}")


def _worded(short: str, text: str) -> str:
    return f"{short}: {text[:200]}" if text else short
