"""Says what a text would do where it is shown: mention, refer, link, close. Rendered by a real renderer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["BAITS", "HOSTILE", "live_chat", "live_commands", "live_markdown", "live_words"]

BAITS = (
    "@octocat",
    "@org/team",
    "#1",
    "owner/repo#12",
    "GH-7",
    "ENG-123",
    "fixes #1",
    "Closes: #2",
    "resolved owner/repo#3",
    "fix GH-4",
    "closes https://github.com/o/r/issues/5",
    "https://evil.example/x",
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "ftp://evil.example",
    "www.evil.example",
    "evil.com",
    "mailto:a@b.cd",
    "a@b.cd",
    "xmpp:a@b.cd",
    "![x](http://evil.example/p.png)",
    "[x](http://evil.example)",
    "[x][y]",
    "[y]: http://evil.example",
    "<http://evil.example>",
    "<a@b.cd>",
    "<img src=x>",
    "<!-- hidden",
    "<b>",
    "</details>",
    "<!channel>",
    "<@U123>",
    "<http://evil.example|text>",
    "&lt;b&gt;",
    "&#64;octocat",
    "&commat;octocat",
    "/approve",
    "/autonomous-cicd approve abc",
    "- [ ] task",
    "* [x] task",
    "1. one",
    "1) one",
    "# heading",
    "heading\n===",
    "heading\n---",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "a | b\n-|-",
    "> [!WARNING]",
    "> quote",
    "***",
    "```",
    "````text",
    "~~~",
    "`",
    "``",
    "    code",
    "\\",
    "\\`",
    "\\@octocat",
    "0123456",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "octocat@deadbeef",
    "$x$",
    "$$",
    ":shipit:",
    "~~gone~~",
    "@everyone",
    "\x1b[31m",
    "\u202e",
    "\u200b",
    "\r\n",
    "\n",
    " ",
    "javascript:alert(1)",
)
"""What does something where it is shown."""

HOSTILE = st.lists(st.one_of(st.sampled_from(BAITS), st.text(max_size=4)), max_size=8).map("".join)

_WORDS = (
    r"@[A-Za-z0-9]",
    r"#[0-9]",
    r"\b(?:GH|[A-Z]{2,10})-[0-9]",
    r"(?i)\b(?:https?|ftp)://",
    r"(?i)\bwww\.",
    r"(?i)\b(?:mailto|xmpp):[A-Za-z0-9]",
    r"(?<![0-9A-Za-z_])[0-9a-f]{7,40}(?![0-9A-Za-z_])",
    r"(?i)\b[a-z0-9-]+\.(?:com|example)\b",
)
_CLOSING = re.compile(
    r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s*(?:[\w./-]*#|GH-|https?://\S+/)[0-9]"
)
_TEXT = frozenset(
    {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "fence",
        "text",
        "text_special",
        "softbreak",
        "code_inline",
    }
)


def live_words(shown: str) -> list[str]:
    """Return what a service would find in text that a reader sees."""
    return [found[0] for pattern in _WORDS for found in re.finditer(pattern, shown)]


def live_chat(message: str) -> list[str]:
    """Return what does something in a chat."""
    found = [sign[0] for sign in re.finditer(r"<[!@#&a-z]|\]\(", message)]
    return [*live_words(message), *found]


def live_commands(sent: str) -> list[str]:
    """Return what bots, and a host that takes it for the text of a commit, find in a text as it was sent."""
    commands = re.finditer(r"(?m)^[ \t]*/[A-Za-z][\w-]*(?=\s|$)", sent)
    return [*(found[0] for found in commands), *(found[0] for found in _CLOSING.finditer(sent))]


def live_markdown(text: str, *, more: frozenset[str] = frozenset()) -> list[str]:
    """Return what does something in Markdown. `more`: kinds of tokens that its frame has."""
    found: list[str] = live_commands(text)
    for token in _tokens(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)):
        if token.type not in _TEXT and token.type not in more:
            found.append(f"{token.type}: {token.content}")
        elif token.type in ("text", "text_special"):
            found += live_words(token.content)
    return found


def _tokens(tokens: list[Token]) -> Iterator[Token]:
    """Yield all tokens, neighbouring texts of a line joined: a service sees them as one."""
    for token in tokens:
        yield token
        joined = ""
        for child in token.children or []:
            if child.type in ("text", "text_special"):
                joined += child.content
                continue
            yield Token("text", "", 0, content=joined)
            joined = ""
            yield child
        if joined:
            yield Token("text", "", 0, content=joined)
