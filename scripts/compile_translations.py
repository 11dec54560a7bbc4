"""Compiles .po files to .mo beside them, with Babel: ``compile_translations.py FILE...``.

A header marked fuzzy makes gettext ignore the charset and the plural rule, so it fails here instead of on a page.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po


def compile_file(source: Path) -> str | None:
    """Write ``source``'s .mo. Returns one sentence when that cannot be done, else None."""
    try:
        with source.open("rb") as stream:
            catalog = read_po(stream, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        return f"{source}: {error}"
    if catalog.fuzzy:
        return f"{source}: the header is marked fuzzy; remove that line."
    # Written aside and moved: a running process never reads half a file.
    target = source.with_suffix(".mo")
    fresh = source.with_suffix(".mo-new")
    with fresh.open("wb") as stream:
        write_mo(stream, catalog)
    fresh.replace(target)
    return None


def main(arguments: list[str]) -> int:
    """Compile each file named. Returns 1 when one of them could not be."""
    problems = [problem for name in arguments if (problem := compile_file(Path(name)))]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
