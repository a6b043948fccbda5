"""Kinds: the category of a failure that no rule knows, by the words of its lines and by what printed them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category

__all__ = ["kind", "purpose"]

CLEAR = 1.6
"""Weight from which on words leave little doubt."""
FURTHER = 0.35
"""What a further line counts, beside the one that says most."""
BY_TOOL = 0.9
"""What it counts that a tool of this kind was running; words of the line count 0.5 to 3."""
_WIDEST = 600

_C = Category
_WORDS: tuple[tuple[Category, float, str], ...] = (
    (_C.RATE_LIMIT, 3.0,
     r"rate.?limit|\b429\b|too ?many ?requests|quota exceeded|exceeded .{0,30}quota|throttl"),
    (_C.RATE_LIMIT, 2.0, r"LimitExceeded|limit of \d+ (?:requests|allows)|retry-after"),
    (_C.RESOURCE_DISK, 3.0,
     r"no space left|disk (?:is )?full|ENOSPC|EFBIG|file too large"
     r"|not enough (?:free )?(?:disk )?space|disk quota"),
    (_C.RESOURCE_MEMORY, 3.0,
     r"out ?of ?memory|OOM|cannot allocate|bad_alloc|MemoryError|heap (?:space|limit)|memory exhausted"),
    (_C.RESOURCE_MEMORY, 2.0, r"\bkilled\b|signal: ?9|SIGKILL|exit(?:ed)? .{0,12}\b137\b"),
    (_C.RESOURCE_TIMEOUT, 2.6,
     r"maximum (?:execution|allowed) time|time limit|(?:timed out|timeout) after [\d.]+ ?(?:m|h|sec|min|hour)"
     r"|has timed out|exceeded .{0,30}(?:timeout|time)\b|deadline exceeded|\bstalled"
     r"|no output (?:has been )?received"),
    (_C.RESOURCE_TIMEOUT, 1.2, r"timed? ?out|TimeoutError"),
    (_C.NETWORK, 2.4,
     r"could not resolve host|name resolution|\bdns\b|getaddrinfo|not trusted|ECONNRESET|ETIMEDOUT"
     r"|ENOTFOUND|EAI_AGAIN"
     r"|connection (?:reset|timed out|aborted|closed)|network is unreachable|(?:ssl|tls|certificate)\b.{0,60}"
     r"(?:error|fail|verif|expired|invalid)|\b50[234]\b|bad gateway|service unavailable|remote end hung up"
     r"|failed to (?:download|fetch)|(?:error|failure) while (?:fetching|downloading)|unexpected disconnect"),
    (_C.NETWORK, 1.0, r"connect(?:ion)?\b|download|https?://|\bfetch|proxy|socket|timed? ?out"),
    (_C.INFRASTRUCTURE, 2.4,
     r"lost communication|shutdown signal|runner (?:has|is|was)|\bpod\b.{0,40}(?:fail|unhealthy|evict)"
     r"|unhealthy"
     r"|internal server error|connection refused|ECONNREFUSED|no (?:hosted )?runner|did not become ready"
     r"|not (?:yet )?(?:ready|reachable|running)\b|is (?:the )?(?:server|daemon|docker).{0,30}running"
     r"|Unable to connect"
     r"|service container|cluster .{0,30}unreachable|health.?check"),
    (_C.AUTHENTICATION, 2.6,
     r"unauthori[sz]ed|unauthenticated|\b401\b|authentication (?:failed|required|error|token)"
     r"|bad credentials|credentials?\b"
     r"|(?-i:\bE401\b)|code E401|could not read (?:username|password)|invalid (?:api.?)?(?:key|token"
     r"|signature|session)|token (?:is |has )?(?:expired|invalid)"
     r"|log ?in\b.{0,30}(?:fail|denied|incorrect)|permission denied \(publickey|not logged in"
     r"|one-time password|expired .{0,20}token"),
    (_C.AUTHENTICATION, 0.8, r"\btoken\b|\bsecrets?\b|password|access key"),
    (_C.PERMISSION, 2.6,
     r"permission denied|access ?(?:is )?denied|EACCES|EPERM|\b403\b|forbidden|not (?:authorized|accessible"
     r"|permitted|allowed) "
     r"(?:to|by)|operation not permitted|requires? .{0,20}access|insufficient .{0,20}(?:permission"
     r"|privilege|scope)"
     r"|read-only file ?system|protected branch|Resource not accessible"),
    (_C.LOCKFILE_OUT_OF_SYNC, 2.8,
     r"lock.?file.{0,80}(?:out of (?:date|sync)|outdated|not up.to.date|need|changed|match|frozen|modified"
     r"|missing)"
     r"|frozen.?lockfile|(?:missing|updates? to) go\.(?:sum|mod)|go\.sum|--locked|lock file needs|in sync"
     r"|not present in the lock.?file"
     r"|since \S*lock was|\.txt is out of date|require-hashes|after changing|integrity check"
     r"|deployment mode|only supports platforms"),
    (_C.LOCKFILE_OUT_OF_SYNC, 1.0, r"\.lock\b|lock.?file|-lock\.(?:json|yaml)"),
    (_C.DEPENDENCY_CONFLICT, 2.8,
     r"version (?:solving|conflict)|conflict(?:ing|s)?\b.{0,40}(?:dependenc|version|requirement|peer)"
     r"|unsatisfiable"
     r"|could not resolve dependenc|ERESOLVE|peer dep|incompatible (?:version|with)|no compatible version"
     r"|resolution.{0,4}impossible|no solution found|requires .{0,60}but .{0,60}(?:installed|found|have)"
     r"|package conflict"
     r"|cannot install .{0,80}because|multiple versions of|requirements? (?:can ?not|cannot) be"),
    (_C.DEPENDENCY_MISSING, 2.6,
     r"no module named|(?:cannot|can't|couldn't|could not) find (?:module|package|gem)"
     r"|required module provides|in cached gems|could not find (?:a version|gem|artifact|package|module)"
     r"|no matching (?:distribution|version|package)|unable to (?:find|locate) package"
     r"|package .{0,60}(?:not found|is not available|"
     r"not installed)|module not found|(?:can't|cannot) resolve '[^.]|there is no package called"
     r"|unresolved dependenc"
     r"|could not find [\w.-]+:[\w.-]+:|missing dependenc|dependency .{0,40}not found|not in this registry"
     r"|no such crate"),
    (_C.IMPORT_ERROR, 2.6,
     r"cannot import name|ImportError|is not exported|does not provide an export|can't resolve '\."
     r"|cannot find module '\.|named export"),
    (_C.DEPENDENCY_BREAKING_CHANGE, 2.4,
     r"has no attribute|unexpected keyword argument|no longer (?:supported|available|exists?|valid)|(?:was"
     r"|were|been|is) removed"
     r"|is not a function|NoSuchMethod|deprecated version"),
    (_C.SYNTAX_ERROR, 2.6,
     r"syntax ?error|missing separator|IndentationError|TabError|unexpected (?:token|end of|character"
     r"|indent|identifier|eof)|parse error|parsing error|unterminated"
     r"|invalid syntax|expecting an? |unclosed|IndentationError|mapping values are not"
     r"|did not find expected"),
    (_C.ENVIRONMENT, 2.6,
     r"command not found|: not found$|not recognized (?:as|by)|no such tool|(?:executable|program|binary"
     r"|compiler)\b.{0,40}not found"
     r"|unbound variable|environment variable|unsupported (?:\w+ )?(?:version|platform|engine)"
     r"|requires? (?:node|python|java|go|ruby|php|rust|"
     r"a (?:newer|more recent))|version .{0,30}not (?:found|supported|available)|cannot open shared object"
     r"|\.so\b.{0,30}not found"
     r"|allowed range|not a git repo|no binary for|must be set\b|KeyError: '[A-Z_]+'|not supported on this"
     r"|supported wheel|cannot find -l|address already in use|EADDRINUSE|no acceptable|glibc"
     r"|no installation candidate|not installed|could not find .{0,20}"
     r"(?:compiler|sdk|jdk|java|python|cmake|browser)|sdk .{0,30}not|no such (?:program|command)"
     r"|exec format"),
    (_C.CONFIGURATION, 2.0,
     r"unknown (?:or unexpected )?(?:option|argument|flag|command|property|key|field)"
     r"|unrecogni[sz]ed (?:option|argument|command|input)"
     r"|invalid (?:option|argument|value|configuration|config|workflow|input|reference|schema|type)"
     r"|unexpected input|(?:required|missing)"
     r" (?:input|argument|option|property|parameter|key|field|setting|variable)|is (?:required|missing"
     r"|not set|not defined|not specified)"
     r"|input required|not supplied|no such file or directory|can't find '|file or directory not found"
     r"|\b404\b|no merge base|missing separator|lifecycle phase|loaders? (?:are|is) config|could not create"
     r"|error while resolving|workspace|misconfig"
     r"|does not exist|no (?:files|tests?) (?:were )?found|unable to resolve action|not a valid"
     r"|must be (?:set|specified|one of)"
     r"|bad (?:config|option|request)|remote ref|pathspec|couldn't find|could not find"),
    (_C.CONFIGURATION, 0.9,
     r"config(?:uration)?\b|\.ya?ml\b|\.toml\b|\.ini\b|\bsettings?\b|not found|template"),
    (_C.TYPE_CHECK, 2.6,
     r"\bTS\d{4}\b|type error|not assignable|does not match returned|stubs not installed|reportMissing"
     r"|error\[[a-z-]+\]|incompatible type|\[(?:attr-defined|arg-type|assignment|return-value|union-attr"
     r"|call-arg|misc)\]"
     r"|reportGeneral|reportAttribute|breaks the contract|implicitly has an|missing-attribute"
     r"|bad-(?:argument|assignment|return)"),
    (_C.COMPILE_ERROR, 2.4,
     r"error\[E\d+\]|error: (?:expected|use of|no matching|cannot find (?:symbol|type|value|function)"
     r"|unknown type|call to undeclared|"
     r"linker|ld |undefined|proc macro|could not compile)|imported and not used|undefined (?:reference"
     r"|symbol|:)|cannot find symbol|unresolved reference"
     r"|error (?:CS|C|LNK|MSB|BC|FS|TS|E)\d+|compil(?:e|er|ation)\b.{0,20}(?:error|fail)|redeclared"
     r"|unknown field|not declared|undeclared"
     r"|is not a member|member not found|couldn't match|unbound value|link(?:er|ing)\b.{0,30}(?:fail|error)"
     r"|\w\.(?:c|cc|cpp|cxx|h|hpp|rs|go"
     r"|java|kt|swift|cs|scala|zig|hs|m|mm|f90|sol|dart):\d+(?::\d+)?:? (?:fatal )?error"
     r"|should be marked as"),
    (_C.TEST_FAILURE, 2.4,
     r"assert|expect(?:ed|ation)?\b.{0,80}(?:got|but|actual|received|to (?:be|equal|contain|have|match"
     r"|throw))|^\s*(?:expected|actual|received)"
     r"|not ok \d|(?-i:^\W*(?:[\w .-]{1,40}\] )?FAIL(?:ED)?\b)"
     r"|test(?:s|case|suite)? .{0,60}fail|fail\w* .{0,40}tests?\b"
     r"|[✗✕✘\u00d7●] \S|mismatch|::test_|\.(?:spec|test)\."
     r"|(?:\d+) failing|element .{0,60}(?:not|still)|\bspec/|panicked at|panic: |undefined method|recursion"
     r"|check failed|unhandled exception in test|snapshot"),
    (_C.TEST_TIMEOUT, 2.8,
     r"(?:test|hook|spec|case|page|waiting).{0,80}(?:timed out|timeout|exceeded)|timeout of \d+ ?ms"
     r"|Timeout \d+ms|async callback was not"),
    (_C.FORMATTING, 2.8,
     r"would (?:be )?reformat|not (?:properly )?format|re-?format|prettier|code style|gofmt|clang-format"
     r"|rustfmt|format(?:ted|ting)\b|^Diff in "
     r"|files were modified by this hook|would be (?:updated|changed)|indentation of|trailing whitespace"
     r"|line endings"),
    (_C.LINT, 2.4,
     r"lint\b|(?-i:\b(?:[FWCBDNSEIR]|SIM|UP|DL|SC|MD|PL[ECRW])\d{3,4}\b)|\b(?:no|prefer|require|consistent"
     r"|max|use)-[a-z]+-[a-z-]+\b|complexity|unused (?:variable|import|parameter|dependenc)|not used\b"
     r"|imported but unused|broken .{0,10}link"
     r"|^\[\d{3}\] https?:|licen[cs]e header|violation|too long|code smell|missing docstring|semicolon"
     r"|NP_\w+|\(semi\)|shadow"),
    (_C.SECURITY_GATE, 2.8,
     r"vulnerabilit|potential secrets|secrets? (?:about|in )|fail-on licen|licen[cs]e was found|CVE-\d"
     r"|GHSA-|CWE-\d|RUSTSEC-|leak(?:s|ed)? (?:found|detected)|secrets? (?:found|detected)"
     r"|severity: (?:high|critical)|malware"
     r"|security (?:issue|alert|advisor|policy)|licen[cs]es? .{0,30}(?:not|deny|denied|reject|forbid)"),
    (_C.COVERAGE_GATE, 3.2,
     r"cover(?:age|ed).{0,80}(?:ratio|not (?:met|reached)|below|less than|threshold|fail|minimum|required)"
     r"|(?:minimum|required|threshold).{0,30}coverage"),
    (_C.PACKAGING_BUILD, 2.0,
     r"failed (?:to build|building) (?:wheel|installable|gem|package)|failed building|metadata-generation"
     r"|sdist|icon\b|signing|provision"
     r"|bundle version|did not complete successfully|(?:building|build) (?:wheel|package|image)"),
    (_C.PACKAGING_BUILD, 0.8,
     r"metadata|\bwheel\b|setup\.py|publish|artifact|\bbundle\b|upload|packag|checksum|archive"
     r"|pyproject"),
)  # fmt: skip
"""Category, what its words count, and the words."""

_TOOLS: tuple[tuple[Category, str], ...] = (
    (_C.COVERAGE_GATE, r"codecov|coveralls|coverage (?:report|check)|diff-cover|nyc check"),
    (_C.SECURITY_GATE,
     r"audit|trivy|snyk|bandit|gitleaks|trufflehog|codeql|semgrep|grype|safety (?:check|scan)|cargo deny"
     r"|gosec|govulncheck"),
    (_C.FORMATTING,
     r"--check\b.*(?:black|prettier|fmt)|\bblack\b|prettier|gofmt|\bfmt\b|fmt[: -]?check|clang-format"
     r"|format|spotless|isort"),
    (_C.TYPE_CHECK,
     r"mypy|pyright|pyrefly|\btsc\b|type-?check|vue-tsc|svelte-check|\bflow\b|dialyzer|sorbet|phpstan|psalm"
     r"|check:types"),
    (_C.LINT,
     r"lint|flake8|\bruff\b|clippy|shellcheck|rubocop|checkstyle|detekt|credo|pre-commit|pycodestyle"
     r"|pydocstyle|vale\b|spell|spotbugs|\bpmd\b|link|lychee|git diff --(?:exit|quiet)"
     r"|--porcelain|go vet|phpcs|staticcheck|swiftformat|analy[sz]e"),
    (_C.AUTHENTICATION, r"docker login|login-action|configure-aws|\bauth\b|\blogin\b"),
    (_C.LOCKFILE_OUT_OF_SYNC, r"--frozen|--immutable|lock --check|--locked"),
    (_C.TEST_FAILURE,
     r"\btests?\b|pytest|jest|vitest|mocha|\bspec\b|rspec|phpunit|ctest|e2e|cypress|playwright|karma"
     r"|\btox\b|\bnox\b|\bava\b|integration|busted|\bbench(?:mark)?s?\b|chromatic"
     r"|verify|selenium|smoke"),
    (_C.CONFIGURATION,
     r"terraform|helm|kubectl|ansible|pulumi|serverless|kustomize|\bcdk\b|deploy|docker[ -]compose"
     r"|release"),
    (_C.COMPILE_ERROR,
     r"\bbuild\b|compile|\bmake\b|cmake|ninja|gcc|clang|\bmvn\b|gradle|msbuild|xcodebuild|webpack|\bvite\b"
     r"|bazel|cargo|javac|\bsbt\b|ghc|assemble"),
    (_C.DEPENDENCY_MISSING,
     r"install|npm ci|\bpip\b|bundle\b|composer|go mod|\bget\b|restore|\bsync\b|apt|conda|poetry|pnpm i\b"
     r"|yarn$"),
    (_C.PACKAGING_BUILD, r"publish|package|sdist|wheel|twine|docker build|buildx|bdist|\bpack\b"),
    (_C.ENVIRONMENT, r"setup-\w+|toolchain|rustup|nvm|sdkman"),
    (_C.NETWORK, r"curl|wget|clone|fetch|download"),
)  # fmt: skip
"""What a command is for: the first that fits."""

_COMPILED = tuple((category, weight, re.compile(f"(?i){words}")) for category, weight, words in _WORDS)
_RUN = tuple((category, re.compile(f"(?i){words}")) for category, words in _TOOLS)


def kind(lines: Sequence[str], commands: Sequence[str] = ()) -> tuple[Category, bool]:
    """Return the likeliest category, and whether the words leave little doubt of it.

    `lines`: what may state the cause, the most telling first. `commands`: what was running, the innermost
    first; it decides where words do not.
    """
    weights: dict[Category, float] = defaultdict(float)
    for at, line in enumerate(lines[:4]):
        for category, weight, words in _COMPILED:
            if words.search(line[:_WIDEST]):
                share = weight if not at else weight * FURTHER
                weights[category] = max(weights[category], share) + (0.1 * share if at else 0.0)
    meant = [found for command in commands[:3] if (found := purpose(command))]
    for at, category in enumerate(dict.fromkeys(meant)):
        weights[category] += BY_TOOL / (at + 1)
    if not weights:
        return Category.UNKNOWN, False
    best = max(weights, key=lambda one: weights[one])
    others = max((weight for one, weight in weights.items() if one is not best), default=0.0)
    return best, weights[best] >= CLEAR and weights[best] > 1.25 * others


def purpose(command: str) -> Category | None:
    """Return the kind of what a command finds when it fails; None when its words do not tell."""
    return next((category for category, words in _RUN if words.search(command[:_WIDEST])), None)
