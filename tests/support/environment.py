"""Loaded before everything else (``-p`` in pyproject.toml): pytest-django reads the settings before conftest.py.

Gives this run its own data folder and, with HALKHATA_TEST_DATABASE=postgres, its own PostgreSQL server.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support import postgres

FOLDER = Path(tempfile.mkdtemp(prefix=f"halkhata-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"))
ON_POSTGRES = os.environ.get("HALKHATA_TEST_DATABASE", "sqlite") == "postgres"
_server: postgres.Server | None = None


def _prepare() -> None:
    global _server
    for name in [key for key in os.environ if key.startswith("HALKHATA_")]:
        if not name.startswith(("HALKHATA_TEST_", "HALKHATA_REFERENCE_", "HALKHATA_CHROMIUM", "HALKHATA_DRILL")):
            del os.environ[name]
    os.environ["HALKHATA_DATA_DIR"] = str(FOLDER / "data")
    os.environ["HALKHATA_SECRET_KEY"] = "only-for-tests-" + "0" * 40
    if ON_POSTGRES:
        # The first process starts the server; the processes of pytest-xdist inherit its address.
        if "HALKHATA_TEST_POSTGRES_URL" not in os.environ:
            if postgres.binaries() is None:
                raise pytest.UsageError("HALKHATA_TEST_DATABASE=postgres needs the Debian package postgresql.")
            _server = postgres.start(FOLDER / "postgres")
            os.environ["HALKHATA_TEST_POSTGRES_URL"] = _server.url("postgres")
        os.environ["HALKHATA_DATABASE_URL"] = os.environ["HALKHATA_TEST_POSTGRES_URL"]


def pytest_unconfigure() -> None:
    """Stop the server and remove the folder, whatever became of the tests."""
    if _server is not None:
        _server.stop()
        os.environ.pop("HALKHATA_TEST_POSTGRES_URL", None)
    shutil.rmtree(FOLDER, ignore_errors=True)


_prepare()
