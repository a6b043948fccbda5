"""The commands that a shell script calls, found without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["commands"]

Words = tuple[str, ...]

KEYWORDS = frozenset(
    ("if", "then", "elif", "else", "do", "while", "until", "!", "{", "}", "fi", "done", "time")
)
WRAPPERS = frozenset(("exec", "nohup", "command", "builtin", "eval", "env", "nice", "xargs", "timeout"))
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
HEREDOC = re.compile(r"(?<!<)<<-?\s*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1")
LARGEST = 200_000


def commands(script: str) -> tuple[Words, ...]:
    """Return the words of each command that a script calls, in order, wrappers such as `env` removed.

    Words are cut at blanks outside of quotes; substitutions are seen as commands of their own. It is a
    reading for judging what a script would do, not a shell: what it cannot see is `eval` and its like.
    """
    text = without_heredocs(script[:LARGEST].replace("\r\n", "\n").replace("\\\n", " "))
    return tuple(words for words in (unwrapped(part) for part in parts(text)) if words)


def without_heredocs(text: str) -> str:
    """Remove the bodies of here-documents: they are data."""
    kept: list[str] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        kept.append(lines[at])
        at += 1
        for match in HEREDOC.finditer(kept[-1]):
            ends = (number for number in range(at, len(lines)) if lines[number].strip() == match.group(2))
            at = next(ends, at - 1) + 1
    return "\n".join(kept)


def parts(text: str) -> Iterator[Words]:
    """Cut a script into commands, each as its words."""
    reader = Reader(text)
    while reader.at < len(text):
        if reader.step():
            yield reader.take()
    yield reader.take()


@dataclass(slots=True)
class Reader:
    """Reads a script letter by letter."""

    text: str
    at: int = 0
    quote: str = ""
    outer: list[str] = field(default_factory=list)
    """The quotes that the substitutions we are in stand in."""
    words: list[str] = field(default_factory=list)
    word: list[str] = field(default_factory=list)

    def take(self) -> Words:
        """Return the command that ended here and begin another."""
        self.end_word()
        words, self.words = tuple(self.words), []
        return words

    def end_word(self) -> None:
        """Keep the collected letters as a word, when there are any."""
        word = "".join(self.word)
        if word:
            self.words.append(word)
        self.word = []

    def step(self) -> bool:
        """Read on by a letter or two; whether a command ended there."""
        char = self.text[self.at]
        self.at += 1
        if char == "\\" and self.quote != "'":
            self.word.append(self.text[self.at : self.at + 1])
            self.at += 1
            return False
        if self.quote != "'" and (char == "`" or (char == "$" and self.substitutes())):
            return self.substitution(char)
        if self.quote:
            self.quoted(char)
            return False
        return self.plain(char)

    def substitutes(self) -> bool:
        """Whether a `$` that was just read begins a command's substitution."""
        return self.text.startswith("(", self.at) and not self.text.startswith("((", self.at)

    def substitution(self, char: str) -> bool:
        """Go into a substitution: its command begins, in no quotes."""
        if char == "$":
            self.at += 1
            self.outer.append(self.quote)
            self.quote = ""
        return True

    def quoted(self, char: str) -> None:
        """Read a letter in quotes."""
        if char == self.quote:
            self.quote = ""
        else:
            self.word.append(char)

    def plain(self, char: str) -> bool:
        """Read a letter outside of quotes."""
        if char in "'\"":
            self.quote = char
        elif char == "#" and not self.word:
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
        elif char in "\n;&|()":
            if char == ")" and self.outer:
                self.quote = self.outer.pop()
            return True
        elif char.isspace():
            self.end_word()
        else:
            self.word.append(char)
        return False


def unwrapped(words: Words) -> Words:
    """Remove what stands before the program: keywords, assignments, and programs that call another."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in WRAPPERS:
            at += 1
            if word == "command" and at < len(words) and words[at] in ("-v", "-V"):
                return words[at - 1 :]
            while at < len(words) and (words[at].startswith("-") or words[at][:1].isdigit()):
                at += 1
        elif word in KEYWORDS or ASSIGNMENT.match(word):
            at += 1
        else:
            break
    return words[at:]
