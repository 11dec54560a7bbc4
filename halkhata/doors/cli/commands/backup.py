"""``halkhata backup``: one encrypted archive of all data, made while the shop works."""

import argparse
import os
from typing import Any

from halkhata.doors.cli.output import add_json_option, print_json


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "backup",
        help="write all data into one encrypted archive",
        description="Database and files as they are at one instant, encrypted; others may go on working. "
        "The first backup makes the key: keep it in another place than the archives.",
    )
    parser.add_argument("--to", default="", metavar="FOLDER", help="where to put it (default: as in the settings)")
    parser.add_argument(
        "--nightly", action="store_true", help="the whole round of the night: back up, verify, try, tidy up"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Back up and say what was made. Raises CommandError when nothing could be made."""
    from halkhata.doors.cli.backup_words import in_words
    from halkhata.doors.cli.setup import set_up

    set_up(need_migrated=True)
    with in_words(json=options.json):
        return _night(options) if options.nightly else _one(options)


def _one(options: argparse.Namespace) -> int:
    from halkhata.foundation.backups.services.back_up import back_up

    made = back_up(to=options.to)
    answer = {
        "archive": str(made.path),
        "size": made.run.size,
        "sha256": made.run.sha256,
        "rows": sum(made.tables.values()),
        "files": made.files,
        "missing_files": made.missing[:100],
        "seconds": round(made.seconds, 2),
        "new_key": made.new_key or None,
    }
    if options.json:
        print_json(answer)
        return 0
    print(f"{made.path}  ({made.run.size:,} bytes, {answer['rows']:,} rows, {made.files:,} files)")
    if made.missing:
        print(f"{len(made.missing)} files were gone or changed on the disk; the first: {made.missing[0]}")
    if made.new_key:
        print(
            "\nThis key opens the backups. Without it they are worthless: write it down and keep it in another place.\n"
        )
        print(f"    {made.new_key}\n")
    return 0


def _night(options: argparse.Namespace) -> int:
    from halkhata.foundation.backups.services.nightly import run_round

    os.nice(10)  # people at work come first
    done = run_round()
    answer = {
        "archive": str(done.made.path), "verified": done.verified, "tried": done.tried, "removed": done.removed,
    }  # fmt: skip
    if options.json:
        print_json(answer)
    else:
        print(f"{done.made.path}  verified: {'yes' if done.verified else 'NO'}, removed: {done.removed}")
    return 0 if done.verified and done.tried is not False else 1
