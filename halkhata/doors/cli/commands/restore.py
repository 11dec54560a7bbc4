"""``halkhata restore ARCHIVE``: puts the data of a backup in the place of the present ones."""

import argparse
from pathlib import Path
from typing import Any

from halkhata.doors.cli.commands.verify import add_archive_options
from halkhata.doors.cli.output import print_json


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "restore",
        help="put the data of a backup back",
        description="Proves the whole archive first. The present data are kept aside under a name with the time. Web, "
        "worker and scheduler must be stopped. Afterwards outgoing mail is held until a person releases it.",
    )
    add_archive_options(parser)
    parser.add_argument("--force", action="store_true", help="also over another shop's data, and while something runs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Restore and say what was done. Raises CommandError with what kept it from being done."""
    from halkhata.doors.cli.backup_words import in_words
    from halkhata.doors.cli.setup import set_up

    set_up(need_database=False)
    with in_words(json=options.json):
        from halkhata.foundation.backups.services.key_store import known_secret
        from halkhata.foundation.backups.services.restoring import restore_archive

        done = restore_archive(Path(options.archive), known_secret(options.key_file), force=options.force)
    manifest = done.archive.manifest
    answer = {
        "ok": True,
        "archive": str(done.archive.path),
        "taken_at": done.taken_at,
        "rows": sum(manifest["tables"].values()),
        "files": done.archive.files,
        "missing_files": manifest["missing_files"],
        "migrated": done.applied,
        "effects": done.effects,
        "previous": done.aside,
        "outgoing_held": True,
    }
    if options.json:
        print_json(answer)
        return 0
    print(f"The data of {done.taken_at[:19]} UTC are back: {answer['rows']:,} rows, {done.archive.files:,} files.")
    if done.aside:
        print("The previous data are kept until you remove them:", *(f"  {place}" for place in done.aside), sep="\n")
    print("Outgoing mail is held. Look at the outbox, then release it under Settings, Operations.")
    return 0
