"""What every test of the project stands on: a real database, a shop with people in it, servers of its own.

HALKHATA_TEST_DATABASE=postgres runs the suite on a PostgreSQL server that is started for it. HALKHATA_TEST_REQUIRE=all
turns every skipped test into a failure.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import environment, requirements

# How fast examples are drawn says something about the machine that day and nothing about the code.
settings.register_profile("halkhata", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("halkhata")

pytest_plugins = [
    "tests.support.fixtures_shop",
    "tests.support.fixtures_mail",
    "tests.support.fixtures_process",
    "tests.support.fixtures_browser",
]


def pytest_configure(config: pytest.Config) -> None:
    from tests.support import database

    database.prepare_settings(environment.FOLDER)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    requirements.mark_missing(items)
    # Not skipped but left out: there is nothing of theirs to test on this database.
    if environment.ON_POSTGRES:
        elsewhere = [item for item in items if item.get_closest_marker("sqlite_only") or not _touches_database(item)]
    else:
        elsewhere = [item for item in items if item.get_closest_marker("postgres_only")]
    config.hook.pytest_deselected(items=elsewhere)
    left_out = set(elsewhere)
    items[:] = [item for item in items if item not in left_out]
    if hasattr(config, "workerinput"):  # a process of pytest-xdist
        from tests.support.sharing import long_files_first

        long_files_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.option.dist != "load":
        return None  # somebody asked for another way
    from tests.support.sharing import ByFile

    return ByFile(config, log)


DATABASE_FIXTURES = {"db", "transactional_db", "live_app", "make_app", "live_demo_app", "postgres_url", "start_process"}


def _touches_database(item: pytest.Item) -> bool:
    """Whether the test can see a database at all: pure arithmetic is the same on both."""
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & DATABASE_FIXTURES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    return requirements.skip_becomes_failure(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    return requirements.skip_becomes_failure(report)


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Every test begins in English; neither language nor cache of one reaches the next."""
    from django.core.cache import cache
    from django.utils import translation

    translation.activate("en")
    yield
    translation.deactivate()
    cache.clear()
