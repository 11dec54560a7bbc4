"""Every string has its Bengali: no empty or fuzzy entry, none missing from the file, placeholders kept."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PO = Path("locale/bn/LC_MESSAGES/django.po")
# Django fills these with English names of classes and columns; Bengali leaves them out.
_MAY_BE_LEFT_OUT = {"%(model_name)s", "%(field_label)s", "%(field_labels)s"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[srd]|%[srd]|\{(\w*)\}")

Key = tuple[str, str | None]


def read_entries(path: Path) -> dict[Key, object]:
    """The entries of a .po file by message id and context, without the header."""
    with path.open("rb") as stream:
        catalog = read_po(stream, abort_invalid=True)
    if catalog.fuzzy:
        raise ValueError("the header is marked fuzzy")
    entries: dict[Key, object] = {}
    for message in catalog:
        if message.id:
            name = message.id[0] if isinstance(message.id, tuple | list) else message.id
            entries[(name, message.context)] = message
    return entries


def problems_of(entries: dict[Key, object]) -> list[str]:
    """One line for each entry that a reader of Bengali would stumble over."""
    found = []
    for (name, _context), message in entries.items():
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.fuzzy:
            found.append(f"fuzzy: {name!r}")
        elif not all(texts):
            found.append(f"no Bengali: {name!r}")
        else:
            wanted = {match.group(0) for match in _PLACEHOLDER.finditer(ids[-1])}
            for text in texts:
                given = {match.group(0) for match in _PLACEHOLDER.finditer(text)}
                # The singular may leave the number out ("one day").
                if given - wanted or (len(ids) == 1 and wanted - given - _MAY_BE_LEFT_OUT):
                    found.append(f"placeholders differ: {name!r} -> {text!r}")
    return found


def collected_again() -> dict[Key, object]:
    """The entries that makemessages finds in the tree as it is now; the tree itself stays untouched."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        for name in ("halkhata", "config", "locale", "scripts"):
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "built", "node_modules", "*.mo")
            )
        subprocess.run(
            [sys.executable, "scripts/make_messages.py"],
            cwd=copy, check=True, env={**os.environ, "PYTHONPATH": str(copy)},
        )  # fmt: skip
        return read_entries(copy / PO)


def main() -> int:
    """Print what is wrong, one line each. Returns 1 when something is."""
    if not (ROOT / PO).is_file():
        print(f"{PO} is missing.")
        return 1
    entries = read_entries(ROOT / PO)
    problems = problems_of(entries)
    fresh = collected_again()
    problems += [f"not in {PO}: {name!r} (run make messages)" for name, context in fresh.keys() - entries.keys()]
    for problem in sorted(problems):
        print(problem)
    print(f"{len(entries)} strings, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
