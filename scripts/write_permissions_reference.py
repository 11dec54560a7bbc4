"""Writes docs/reference/permissions.md from the code: every right, the ready roles, what each may do at each address.

``python scripts/write_permissions_reference.py`` writes the page; with ``--check`` it only says whether the page is
what the code says (exit code 1 when it is not).
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "permissions.md"

INTRODUCTION = """# Who may do what

This page is written by `scripts/write_permissions_reference.py` from the code. Change the code, then run the script.

A role says two things: **what** somebody may do (its rights), and **on which records** (its scope). Both must allow an
act. A record outside the scope answers as if it did not exist. Roles are changed under Settings, Roles; nobody can give
away a right, a scope or a step of the ladder that they do not have themselves.

## Rights
"""

SCOPES = """
## Scopes

A wider scope includes the narrower ones. A customer belongs to a branch; a customer without one is everybody's.
"""

AFTER = """
The ladder is what escalations climb: 1 agent, 2 team lead, 3 branch manager, 4 head office.

## What needs no right

Signing in is enough for the home page, the search box (it finds only what the role may see), one's own notices, profile
and password, and for making API keys, which can do no more than their maker. `/c/…`, `/sign-in/`, `/language/` and
`/health/` need no sign-in.
"""

ADDRESSES = """## Every address

What each address asks for, as `tests/permissions/matrix.toml` has it and as the build tries it, with each role on own,
foreign and absent records. Several rights in one cell are all needed; `@all` asks besides for a role that sees all
records. Any other method answers 405, a record out of reach 404.
"""


def page() -> str:
    """The whole page as Markdown."""
    from django.utils import translation

    from halkhata.foundation.accounts.choices import PERMISSIONS, Scope
    from halkhata.foundation.accounts.services.roles import READY_ROLES

    with translation.override("en"):
        rights = [[f"`{right}`", str(words)] for right, words in PERMISSIONS.items()]
        lines = [INTRODUCTION, *table(["right", "what it allows"], rights)]
        lines += [SCOPES, *table(["scope", "records"], [[f"`{scope.value}`", str(scope.label)] for scope in Scope])]
        lines += ["\n## The ready roles\n"]
        roles = [
            [f"`{code}`", name_en, name_bn, str(Scope(scope).label), str(level)]
            for code, (name_bn, name_en, level, scope, _permissions) in READY_ROLES.items()
        ]
        lines += table(["code", "in English", "in Bengali", "scope", "ladder"], roles)
        lines += ["\n## Roles and rights\n"]
        heads = [name_en for _bn, name_en, *_rest in READY_ROLES.values()]
        held = [
            [f"`{right}`", *("yes" if right in role[4] else "–" for role in READY_ROLES.values())]
            for right in PERMISSIONS
        ]
        lines += table(["right", *heads], held)
        lines += [AFTER, *addresses()]
    return "\n".join([*lines, ""])


def addresses() -> list[str]:
    """Every address with what it asks and which ready roles that lets in, from tests/permissions/matrix.toml."""
    from halkhata.foundation.accounts.services.roles import READY_ROLES
    from tests.permissions.matrix import CUSTOMER, OPEN, SIGNED_IN, allows, rows

    def who(asked: str) -> str:
        if asked in {OPEN, SIGNED_IN, CUSTOMER}:
            return {OPEN: "anybody", SIGNED_IN: "every role", CUSTOMER: "customers, their own"}[asked]
        inside = [
            name_en
            for _bn, name_en, _level, scope, permissions in READY_ROLES.values()
            if allows(asked, permissions=permissions, scope=scope)
        ]
        return "every role" if len(inside) == len(READY_ROLES) else ", ".join(inside) or "–"

    cells = [
        [f"`{row.path}`", method, asked if asked in {OPEN, SIGNED_IN, CUSTOMER} else f"`{asked}`", who(asked)]
        for row in rows().values()
        for method, asked in row.rights.items()
    ]
    cells = [[cell.replace("|", " or ") for cell in line] for line in cells]
    return [ADDRESSES, *table(["address", "method", "asks", "who may"], cells)]


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table as lines."""
    return ["| " + " | ".join(cells) + " |" for cells in [heads, ["---"] * len(heads), *rows]]


def main() -> int:
    """Write the page, or compare it. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the page is up to date")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HALKHATA_DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        text = page()
    if check:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("up to date" if same else f"{PAGE.relative_to(ROOT)} is not what the code says: run this without --check")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
