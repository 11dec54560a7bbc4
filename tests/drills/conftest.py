"""Fixtures of the drills: an install on SQLite and one on PostgreSQL, one after the other."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.drills.install import Install, make_install, make_pattern

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.needs_postgres),
]
# make drill takes both; in between one is enough where the database makes no difference to what is shown.
LONG = os.environ.get("HALKHATA_DRILL") == "long"
ONE = BOTH if LONG else BOTH[:1]


def in_turn(cases: Iterable[str]) -> list[Any]:
    """(vendor, case) for each case: with both databases in ``make drill``, otherwise with one after the other."""
    if LONG:
        return [pytest.param(*vendor.values, case, id=f"{case}-{vendor.id}", marks=vendor.marks)
                for case in cases for vendor in BOTH]  # fmt: skip
    turns = zip(cases, cycle(BOTH), strict=False)
    return [pytest.param(*vendor.values, case, id=f"{case}-{vendor.id}", marks=vendor.marks) for case, vendor in turns]


@pytest.fixture
def vendor() -> str:
    """Which database the drill runs on; tests give it as a parameter (``BOTH``)."""
    return "sqlite"


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Install]:
    """One prepared install for each database, made when first asked for."""
    return {}


@pytest.fixture
def new_install(
    tmp_path: Path,
    vendor: str,
    patterns: dict[str, Install],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Install]]:
    """``new_install("name", empty=False)``: a shop's install, or an empty one; what it starts is ended afterwards."""
    server = request.getfixturevalue("postgres_url") if vendor == "postgresql" else ""
    made: list[Install] = []

    def make(name: str = "shop", *, empty: bool = False) -> Install:
        if not empty and vendor not in patterns:
            patterns[vendor] = make_pattern(
                tmp_path_factory.mktemp("pattern") / vendor, vendor=vendor, server_url=server
            )
        like = None if empty else patterns[vendor]
        made.append(make_install(tmp_path / name, vendor=vendor, server_url=server, like=like))
        return made[-1]

    yield make
    for install in made:
        install.end()
        shutil.rmtree(install.folder, ignore_errors=True)


@pytest.fixture
def shop_install(new_install: Callable[..., Install]) -> Install:
    """An install with a shop and five files."""
    return new_install()
