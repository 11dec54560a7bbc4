"""The reference pages name what the code has: every command with its options, every setting from the environment."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from halkhata.doors.cli.main import build_parser

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
SETTING = re.compile(r'env\.get\("(HALKHATA_[A-Z_]+)"')


def commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command that does something, with its own options."""
    deeper = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in deeper:
        for word, inner in action.choices.items():
            yield from commands(inner, f"{name} {word}".strip())
    if not deeper:
        options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
        yield name, options - {"--help"}


def rows() -> dict[str, str]:
    """The lines of the table of commands, by the command's words without its arguments."""
    found = {}
    first_table = (REFERENCE / "commands.md").read_text(encoding="utf-8").split("\n## ")[0]
    for line in first_table.splitlines():
        if match := re.match(r"\| `([a-z ]+?)(?: [A-Z\[].*)?` \|", line):
            found[match.group(1)] = line
    return found


def test_every_command_and_option_stands_in_the_reference():
    written = rows()
    known = dict(commands(build_parser()))
    assert set(written) == set(known)
    for name, options in known.items():
        assert set(re.findall(r"--[a-z][a-z-]*", written[name])) == options, name


def test_every_setting_stands_in_the_reference():
    read = set(SETTING.findall((ROOT / "config" / "environment.py").read_text(encoding="utf-8")))
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^\| `(HALKHATA_[A-Z_]+)` \|", page, re.MULTILINE))
    assert len(read) > 8
    assert written == read


def test_every_drill_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "reference" / "drills.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/.]+)::(test_\w+)`", page)
    assert len(named) > 24
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
