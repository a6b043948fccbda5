"""Measures how large a project is, without reading all of a very large one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autonomous_cicd.domain.project import Complexity, Component
from autonomous_cicd.ports import Files

__all__ = ["LANGUAGES", "MOST", "is_test", "measure"]

MOST = 2_000
"""Source files whose lines are counted. Of more than these a sample of that size, spread evenly, is."""

LANGUAGES: Mapping[str, str] = {
    "py": "Python",
    "pyi": "Python",
    "js": "JavaScript",
    "cjs": "JavaScript",
    "mjs": "JavaScript",
    "jsx": "JavaScript",
    "ts": "TypeScript",
    "cts": "TypeScript",
    "mts": "TypeScript",
    "tsx": "TypeScript",
    "vue": "Vue",
    "svelte": "Svelte",
    "go": "Go",
    "rs": "Rust",
    "java": "Java",
    "kt": "Kotlin",
    "kts": "Kotlin",
    "scala": "Scala",
    "groovy": "Groovy",
    "rb": "Ruby",
    "php": "PHP",
    "cs": "C#",
    "fs": "F#",
    "swift": "Swift",
    "c": "C",
    "h": "C",
    "cc": "C++",
    "cpp": "C++",
    "cxx": "C++",
    "hpp": "C++",
    "hh": "C++",
    "pyx": "Cython",
    "pxd": "Cython",
    "sh": "Shell",
    "bash": "Shell",
    "sql": "SQL",
    "css": "CSS",
    "scss": "CSS",
    "html": "HTML",
    "lua": "Lua",
    "r": "R",
    "jl": "Julia",
    "ex": "Elixir",
    "exs": "Elixir",
    "dart": "Dart",
    "zig": "Zig",
}
"""Languages by the end of a file's name."""

_ENDS_OF_TESTS = ("_test.py", "_test.go", "_test.rs", "Test.java", "Tests.java", "IT.java", "Test.kt")


def measure(files: Files, components: Iterable[Component]) -> Complexity:
    """Return how large a project is.

    Lines are counted in files of known languages. In a project with more than `MOST` of them only every
    n-th is read, and what was counted is multiplied; the measure then says that it is estimated.
    """
    by_language: dict[str, list[str]] = {}
    tests = 0
    for name in files.names:
        base = name.rpartition("/")[2]
        language = LANGUAGES.get(base.rpartition(".")[2].lower()) if "." in base else None
        if language:
            by_language.setdefault(language, []).append(name)
            tests += is_test(name)
    sources = sum(len(names) for names in by_language.values())
    step = max(1, -(-sources // MOST))
    lines = {language: _lines(files, names, step) for language, names in by_language.items()}
    ranked = sorted(lines.items(), key=lambda item: (-item[1], item[0]))
    return Complexity(
        files=len(files.names),
        lines=sum(lines.values()),
        languages=dict(ranked),
        estimated=step > 1,
        dependencies=sum(component.dependencies for component in components),
        tests=tests,
    )


def is_test(name: str) -> bool:
    """Return whether a file holds tests, by its name."""
    base = name.rpartition("/")[2]
    if base.startswith("test_") or base.endswith(_ENDS_OF_TESTS) or base == "tests.py":
        return True
    return ".test." in base or ".spec." in base or "/__tests__/" in f"/{name}"


def _lines(files: Files, names: Sequence[str], step: int) -> int:
    """Return the lines of files, of which every n-th is read."""
    read = names[::step]
    counted = sum(files.lines(name) for name in read)
    return round(counted * len(names) / len(read))
