"""Which distribution a failure points to when a release of one no longer works as it is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain

from autonomous_cicd.domain.distributions import COMMANDS, FIXTURES, distribution_of, is_standard
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.values import dataclass

__all__ = ["Break", "breaks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A distribution that may have broken something."""

    distribution: str
    """As indexes compare it."""
    module: str = ""
    said: tuple[str, ...] = ()
    """Versions in which something is said to have been removed, or that are known to."""
    direct: bool = False
    """Whether the log says it; else it is only used where it failed."""
    what: str = ""
    """What the log says, short: `PytestRemovedIn9Warning`."""


_NAME = re.compile(
    r"cannot import name '?(?P<name>\w+)'? from (?:partially initialized module )?'?(?P<module>[\w.]+)'?"
)
_ATTRIBUTE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_SUBMODULE = re.compile(r"No module named '(?P<module>\w+\.[\w.]+)'")
_RAISED = re.compile(
    r"^(?:E\s+|INTERNALERROR>\s+)?(?P<module>[a-z_]\w*(?:\.\w+)*)"
    r"\.(?P<name>(?:[A-Z]\w*)?(?:Removed|Warning|Deprecat|ArgumentError|PydanticUserError)\w*)(?::|$)"
)
_ERROR = re.compile(
    r"^(?:E\s+|INTERNALERROR>\s+)?(?:[\w.]+\.)?(?P<name>TypeError|AttributeError|ImportError|NameError"
    r"|ModuleNotFoundError|\w*Warning|ValueError|KeyError)\b(?P<text>.*)"
)
_THROWN = re.compile(
    r"^(?:E\s+|INTERNALERROR>\s+)?(?P<module>[a-z_]\w*(?:\.\w+)*)\.(?P<name>[A-Z]\w+)(?:: |$)"
)
_API = re.compile(
    r"unexpected keyword argument|has no attribute|required positional argument|takes \d+ positional"
    r"|no longer|removed|deprecated|renamed|not supported|is not callable|cannot import name"
    r"|got multiple values"
)
_PACKAGE = re.compile(r"(?:site|dist)-packages[/\\](?P<module>[A-Za-z_]\w*)(?:\.py|[/\\])")
_OPTION = re.compile(
    r"^(?:ERROR: )?(?P<program>[\w-]+): error: (?:unrecognized arguments|argument [^:]+: invalid choice): -"
    r"|^Usage: (?P<other>[\w-]+) "
)
_REMOVED = re.compile(
    r"(?i)(?:removed|dropped|deleted|unavailable|no longer (?:available|supported)) (?:in|since|as of|from)"
    r" (?:the )?(?:version |release )?(?:[A-Za-z]+ )?v?(?P<version>\d+(?:\.\d+){0,2})"
    r"|deprecated (?:since|in|as of|from) (?:version )?(?:[A-Za-z]+ )?v?(?P<since>\d+\.\d+(?:\.\d+)?)"
)
_BY_NAME = re.compile(
    r"(?i:removed|deprecated) (?:in|since|from) (?:the )?(?P<name>[A-Za-z][\w-]{2,30})"
    r" v?(?P<version>\d+(?:\.\d+){0,2})"
)
_KNOWN = tuple(
    (re.compile(pattern), head.split()[0], tuple(head.split()[1:]))
    for head, _, pattern in (
        line.strip().partition(" = ")
        for line in r"""
        pytest-asyncio 1 = fixture 'event_loop' not found
        pytest = Plugin '[^']+' for hook 'pytest_|can not be found in the hookspec
        setuptools 81 = No module named '?pkg_resources|pkg_resources is deprecated as an API
        setuptools 58 = use_2to3 is invalid
        setuptools 72 = No module named 'setuptools\.command\.test|setuptools\.command\.test
        numpy 2 = compiled using NumPy 1\.x|numpy\.dtype size changed|multiarray failed to import
        numpy 1.24 = module 'numpy' has no attribute '(?:bool|int|float|object|complex|str|long)'
        protobuf 4 3.21 = Descriptors cannot (?:not )?be created directly
        markupsafe 2.1 = cannot import name 'soft_unicode' from 'markupsafe'
        jinja2 3.1 = cannot import name '(?:context|environment|evalcontext)(?:filter|function)' from 'jinja2
        jinja2 3.1 = cannot import name '(?:Markup|escape)' from 'jinja2
        jinja2 3.1 = module 'jinja2' has no attribute '(?:contextfilter|environmentfilter|Markup|escape)'
        itsdangerous 2.1 = cannot import name '(?:json|\w*JSONWebSignatureSerializer)' from 'itsdangerous
        flask 3 = cannot import name '(?:escape|Markup|json_available)' from 'flask'
        flask 2.3 = cannot import name '_(?:app|request)_ctx_stack|before_first_request
        werkzeug 3 = cannot import name 'url_(?:quote|parse|decode|encode|unquote)' from 'werkzeug
        sqlalchemy 2 = '(?:Engine|OptionEngine)' object has no attribute 'execute'|Not an executable object
        sqlalchemy 2 = should be explicitly declared as text
        pandas 2 = '(?:DataFrame|Series)' object has no attribute '(?:append|iteritems|mad)'
        urllib3 2 = unexpected keyword argument 'method_whitelist'
        urllib3 2 = cannot import name 'DEFAULT_CIPHERS' from 'urllib3
        importlib-metadata 5 = 'EntryPoints' object has no attribute 'get'
        openai 1 = \bAPIRemovedInV1\b
        httpx 0.28 = unexpected keyword argument '(?:proxies|app)'
        pyyaml 6 = missing 1 required positional argument: 'Loader'
        pydantic 2 = `?BaseSettings`? has been moved|pydantic\.errors\.Pydantic\w+Error|`regex` is removed
        pydantic 2 = cannot import name 'BaseSettings' from 'pydantic'
        packaging 22 = packaging\.version\.InvalidVersion: |(?:attribute|import name) 'LegacyVersion'
        click 8.2 = unexpected keyword argument 'mix_stderr'|make_metavar\(\) missing 1 required positional
        click 8.1 = cannot import name '_unicodefun' from 'click'|'click' has no attribute 'get_terminal_size'
        werkzeug 2.1 = cannot import name '(?:BaseResponse|BaseRequest|safe_str_cmp)' from 'werkzeug
        sqlalchemy 2 = unexpected keyword argument 'bind'|'Engine' object has no attribute 'table_names'
        pymongo 4 = 'Collection' object (?:has no attribute|is not callable.*) '(?:insert|update|count)'
        ruamel-yaml 0.18 = "(?:safe_|round_trip_)?(?:load|dump)(?:_all)?\(\)" has been removed, use
        pillow 10 = module 'PIL\.Image' has no attribute '(?:ANTIALIAS|LINEAR|CUBIC)'
        pillow 10 = object has no attribute '(?:getsize|textsize|getoffset)'
        networkx 3 = 'networkx' has no attribute '(?:\w+_numpy_matrix|info|\w+_gpickle|OrderedGraph)'
        matplotlib 3.9 = 'matplotlib\.cm' has no attribute 'get_cmap'
        scikit-learn 1.2 = object has no attribute 'get_feature_names'
        scikit-learn 1.4 = OneHotEncoder\.__init__\(\) got an unexpected keyword argument 'sparse'
        websockets 14 = create_connection\(\) got an unexpected keyword argument 'extra_headers'
        pyjwt 2 = pass in a value for the "algorithms" argument
        python-telegram-bot 20 = cannot import name '(?:Filters|Dispatcher)' from 'telegram
        moto 5 = cannot import name 'mock_(?!aws)\w+' from 'moto
        bleach 5 = clean\(\) got an unexpected keyword argument 'styles'
        """.strip().splitlines()
    )
)
"""What is known of releases that broke much: the distribution, and in which version; then how that reads."""
_FIXTURE = re.compile(r"fixture '(?P<name>\w+)' not found")
_LACKS = re.compile(r"AttributeError: '(?P<owner>\w+)' object has no attribute '(?P<name>\w+)'")
_HOSTS = {name: name for name in ("pytest", "sphinx", "flake8", "pylint", "mkdocs", "flask", "django")}
_HOSTS["sphinxcontrib"] = "sphinx"
"""By how the modules of its extensions begin: who has to fit to them."""
_MODULES = {
    "pyyaml": "yaml",
    "protobuf": "google",
    "pillow": "PIL",
    "scikit-learn": "sklearn",
    "pyjwt": "jwt",
    "python-telegram-bot": "telegram",
    "ruamel-yaml": "ruamel.yaml",
}
_MOST = 6
_LARGEST = 400_000


def breaks(
    log: str,
    said: Collection[str],
    installed: Mapping[str, str],
    mentioned: Collection[str],
    place: tuple[str, int] = ("", 0),
    read: Callable[[str], str] = lambda name: "",
) -> tuple[Break, ...]:
    """Return the distributions that a failure points to, the likeliest first.

    `said`: the lines that state the failure. `place`: the own file and line where it happened.
    """
    names = {*installed, *mentioned}
    text = "\n".join(said)
    found: dict[str, Break] = {}
    looks = (
        _known(text, installed),
        _nose(said, place, read),
        _direct(said, names),
        _without(said, installed),
        _framed(log, said, names),
        _thrown(said, names),
    )
    for one in chain(*looks, _used(said, place, read, names)):
        there = not installed or one.distribution in installed or one.module == "pkg_resources"
        if one.distribution and there:
            known = found.get(one.distribution)
            if known is None:
                found[one.distribution] = one
    return tuple(found.values())[:_MOST]


def _removed(text: str) -> tuple[str, ...]:
    return tuple(match["version"] or match["since"] for match in _REMOVED.finditer(text))


def _known(text: str, installed: Mapping[str, str]) -> Iterator[Break]:
    for pattern, name, versions in _KNOWN:
        if match := pattern.search(text):
            module = (
                "pkg_resources" if "pkg_resources" in match[0] else _MODULES.get(name, name.replace("-", "_"))
            )
            yield Break(distribution=name, module=module, said=versions, direct=True, what=_what(match[0]))


def _nose(said: Collection[str], place: tuple[str, int], read: Callable[[str], str]) -> Iterator[Break]:
    """Yield pytest for tests whose class prepares itself in a way of nose, which pytest 8 no longer calls."""
    for match in filter(None, map(_LACKS.search, said)):
        tree = _parsed(read(place[0])) if place[0] else None
        for node in ast.walk(tree) if tree else ():
            if (
                isinstance(node, ast.ClassDef)
                and node.name == match["owner"]
                and match["name"] in _prepared(node)
            ):
                yield Break(distribution="pytest", module="pytest", said=("8",), direct=True, what="setup()")


def _prepared(owner: ast.ClassDef) -> frozenset[str]:
    """Return what a class of tests sets in its method `setup`, unless that is a fixture."""
    methods = [one for one in owner.body if isinstance(one, ast.FunctionDef)]
    setups = [one for one in methods if one.name == "setup" and not one.decorator_list]
    found = [node for one in setups for node in ast.walk(one) if isinstance(node, ast.Attribute)]
    return frozenset(one.attr for one in found if isinstance(one.ctx, ast.Store))


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _what(text: str) -> str:
    words = re.findall(r"'(\w+)'|(pkg_resources)", text)
    return next(filter(None, words[0])) if words else re.sub(r"[^\w .]+", " ", text).strip()[:40]


def _direct(said: Collection[str], names: Collection[str]) -> Iterator[Break]:
    for line in said:
        match = _NAME.search(line) or _ATTRIBUTE.search(line) or _SUBMODULE.search(line)
        if match:
            what = match.groupdict().get("name") or _what(match[0])
            yield from _owner(match["module"], names, what, _removed(line))
        if (raised := _RAISED.match(line.strip())) and not is_standard(raised["module"]):
            yield from _owner(raised["module"], names, raised["name"], _removed(line))
        if (named := _BY_NAME.search(line)) and normal(named["name"]) in names:
            said = (named["version"],)
            name = normal(named["name"])
            yield Break(distribution=name, module=name, said=said, direct=True, what=_short(line))
        if option := _OPTION.match(line.strip()):
            program = option["program"] or option["other"]
            if name := COMMANDS.get(program, ""):
                yield Break(distribution=normal(name), direct=True, what="an option that it does not take")


def _without(said: Collection[str], installed: Mapping[str, str]) -> Iterator[Break]:
    """Yield the plugin of pytest that is there, and no longer has a fixture."""
    for match in filter(None, map(_FIXTURE.search, said)):
        name = normal(FIXTURES.get(match["name"], ""))
        if name in installed:
            yield Break(distribution=name, direct=True, what=match["name"])


def _short(line: str) -> str:
    """Return what a line says is gone."""
    found = re.search(r"[`'\"](?P<what>[\w.]{2,40})[`'\"]", line)
    return found["what"] if found else ""


def _owner(module: str, names: Collection[str], what: str, said: tuple[str, ...]) -> Iterator[Break]:
    if is_standard(module):
        return
    name = normal(distribution_of(module, names))
    if name:
        yield Break(distribution=name, module=module.partition(".")[0], said=said, direct=True, what=what)


def _framed(log: str, said: Collection[str], names: Collection[str]) -> Iterator[Break]:
    """Yield the owners of the innermost places above the line that states the failure."""
    stated = [line for line in said if (found := _ERROR.match(line.strip())) and _API.search(found["text"])]
    if not stated:
        return
    at = log[:_LARGEST].rfind(stated[0].strip())
    above = log[max(0, at - 6_000) : at] if at >= 0 else ""
    modules = [match["module"] for match in _PACKAGE.finditer(above)]
    what = _what_error(stated[0])
    for module in dict.fromkeys(reversed(modules[-8:])):
        if module not in ("_pytest", "pluggy", "pip", "importlib") or module == modules[-1]:
            if (host := _HOSTS.get(module.partition("_")[0])) and host in names:
                yield Break(distribution=host, module=host, said=_removed(stated[0]), what=what)
            for one in _owner(module, names, what, _removed(stated[0])):
                yield Break(distribution=one.distribution, module=module, said=one.said, what=what)


def _thrown(said: Collection[str], names: Collection[str]) -> Iterator[Break]:
    """Yield the owner of the exception that the failure is."""
    for match in filter(None, (_THROWN.match(line.strip()) for line in said)):
        for one in _owner(match["module"], names, match["name"], ()):
            yield Break(distribution=one.distribution, module=one.module, what=one.what)


def _what_error(line: str) -> str:
    found = _ERROR.match(line.strip())
    return found["name"] if found else ""


def _used(
    said: Collection[str], place: tuple[str, int], read: Callable[[str], str], names: Collection[str]
) -> Iterator[Break]:
    """Yield the owners of what is used in the very statement that failed."""
    stated = [line for line in said if (found := _ERROR.match(line.strip())) and _API.search(found["text"])]
    text = read(place[0]) if place[0] and stated else ""
    if not text:
        return
    tree = _parsed(text)
    if tree is None:
        return
    modules = dict(_bound(tree))
    for name in _names(tree, place[1]):
        if name in modules:
            for one in _owner(modules[name], names, _what_error(stated[0]), _removed(stated[0])):
                yield Break(distribution=one.distribution, module=one.module, said=one.said, what=one.what)


def _bound(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (((one.asname or one.name).partition(".")[0], one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((one.asname or one.name, node.module) for one in node.names)


def _names(tree: ast.Module, line: int) -> list[str]:
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return list(
        dict.fromkeys(one.id for node in inside for one in ast.walk(node) if isinstance(one, ast.Name))
    )
