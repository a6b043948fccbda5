"""Tables on the command line."""

from __future__ import annotations

from collections.abc import Collection, Sequence

__all__ = ["table"]


def table(rows: Sequence[Sequence[str]], numbers: Collection[str] = ()) -> list[str]:
    """Return rows as lines with aligned columns; the first row names them, `numbers` stand to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        columns = zip(rows[0], row, widths, strict=True)
        cells = [text.rjust(width) if name in numbers else text.ljust(width) for name, text, width in columns]
        lines.append("  ".join(cells).rstrip())
    return lines
