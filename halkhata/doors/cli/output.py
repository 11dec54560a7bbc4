"""Prints a command's answer for a person or, with --json, for a machine."""

import argparse
import json
import sys
from datetime import datetime
from typing import Any


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")


def print_json(value: Any) -> None:
    """One JSON object on standard output, in UTF-8 whatever the locale; instants as ISO 8601."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, default=_plain, indent=2).encode() + b"\n")
    sys.stdout.flush()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
