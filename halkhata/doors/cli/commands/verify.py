"""``halkhata verify ARCHIVE``: is every byte of it what was written?"""

import argparse
from pathlib import Path
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "verify",
        help="look whether a backup is whole and can be opened",
        description="Reads the whole archive, changes nothing. Exit code 1 when it is damaged or the key does not fit.",
    )
    add_archive_options(parser)
    parser.set_defaults(run=run)


def add_archive_options(parser: argparse.ArgumentParser) -> None:
    """What every command takes that opens an archive."""
    parser.add_argument("archive", metavar="ARCHIVE", help="the file that halkhata backup wrote")
    parser.add_argument("--key-file", default="", metavar="FILE", help="a file with the backup key")
    add_json_option(parser)


def run(options: argparse.Namespace) -> int:
    """Verify and print what is in it. Raises CommandError with what is wrong."""
    from halkhata.doors.cli.backup_words import in_words
    from halkhata.doors.cli.setup import set_up

    set_up(need_database=False)
    with in_words(json=options.json):
        from halkhata.foundation.backups.services.key_store import known_secret
        from halkhata.foundation.backups.services.verifying import verify_archive

        found = verify_archive(Path(options.archive), known_secret(options.key_file))
    manifest = found.manifest
    answer = {
        "ok": True,
        "archive": str(found.path),
        "size": found.size,
        "sha256": found.sha256,
        "taken_at": manifest["taken_at"],
        "version": manifest["version"],
        "database": manifest["database"],
        "rows": sum(manifest["tables"].values()),
        "files": found.files,
        "missing_files": manifest["missing_files"],
    }
    if options.json:
        print_json(answer)
    else:
        print(
            f"Whole: data of {manifest['taken_at'][:19]} UTC, version {manifest['version']}, "
            f"{answer['rows']:,} rows, {found.files:,} files."
        )
    return 0
