"""Collects every translatable string into locale/bn/LC_MESSAGES/django.po (needs Debian's gettext)."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IGNORED = ("frontend/*", ".venv/*", "tests/*", "*/tests/*", "scripts/*", "build/*", "var/*", "bench/*")


def make_messages(root: Path) -> None:
    """Run Django's makemessages for Bengali over the tree at ``root``."""
    import django
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    os.chdir(root)
    django.setup()
    command = makemessages.Command()
    # A new string stays empty until a person writes its Bengali; a guess from a similar one would be wrong words.
    command.msgmerge_options = [*command.msgmerge_options, "--no-fuzzy-matching"]
    call_command(
        command, locale=["bn"], ignore_patterns=list(IGNORED), no_wrap=True, no_location=True, no_obsolete=True,
        extensions=["html", "txt", "py"], verbosity=0,
    )  # fmt: skip
    # The moment of collecting would change the file at every run even when no word did.
    catalogue = root / "locale" / "bn" / "LC_MESSAGES" / "django.po"
    lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith('"POT-Creation-Date:')]
    catalogue.write_text("".join(kept), encoding="utf-8")


def main() -> int:
    """Returns 2 with one sentence when gettext is missing."""
    if shutil.which("xgettext") is None:
        print("xgettext is missing: run “apt install gettext”.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HALKHATA_DATA_DIR"] = folder
        (ROOT / "locale").mkdir(exist_ok=True)
        make_messages(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
