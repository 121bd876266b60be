"""Text for the generated files: wrapped comments, broken calls."""

import textwrap

COLUMNS = 100
def wrapped(text: str, first: str, rest: str, columns: int = COLUMNS) -> list[str]:
    return textwrap.wrap(text, columns, initial_indent=first, subsequent_indent=rest,
                         break_long_words=False, break_on_hyphens=False)


def comment(text: str) -> list[str]:
    """As a C comment, its lines under one another."""
    if len(f"/* {text} */") <= COLUMNS:
        return [f"/* {text} */"]
    lines = wrapped(text, "/* ", "   ", COLUMNS)
    if len(lines[-1]) + 3 > COLUMNS:
        lines = wrapped(text, "/* ", "   ", COLUMNS - 3)
    lines[-1] += " */"
    return lines


def call_lines(head: str, arguments: list[str], tail: str) -> list[str]:
    """`head(a, b)tail`, broken after commas where it is too long."""
    lines, line, pad = [], f"{head}(", " " * (len(head) + 1)
    if arguments and max(len(pad) + len(a) + 2 for a in arguments) > COLUMNS:
        lines, line, pad = [line], "    ", "    "
    for i, argument in enumerate(arguments):
        piece = argument + (", " if i + 1 < len(arguments) else f"){tail}")
        if len(line) + len(piece.rstrip()) > COLUMNS and line.strip():
            lines.append(line.rstrip())
            line = pad
        line += piece
    lines.append(line if arguments else f"{line}){tail}")
    return lines


GENERATED = "written by scripts/generate_c_api.py from capi/api.yaml; change that"
