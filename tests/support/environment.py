"""Loaded before everything else (``-p`` in pyproject.toml): pytest-django reads the settings before conftest.py.

Gives this run its own data folder and, with HALKHATA_TEST_DATABASE=postgres, its own PostgreSQL server.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support import postgres

# Of this process. What all processes of a run share (pytest-xdist) lies in the folder of the first.
FOLDER = Path(tempfile.mkdtemp(prefix=f"halkhata-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"))
SHARED = Path(os.environ.setdefault("HALKHATA_TEST_SHARED", str(FOLDER)))
ON_POSTGRES = os.environ.get("HALKHATA_TEST_DATABASE", "sqlite") == "postgres"
_server: postgres.Server | None = None


def _prepare() -> None:
    global _server
    for name in [key for key in os.environ if key.startswith("HALKHATA_")]:
        if not name.startswith(("HALKHATA_TEST_", "HALKHATA_REFERENCE_", "HALKHATA_CHROMIUM", "HALKHATA_DRILL")):
            del os.environ[name]
    os.environ["HALKHATA_DATA_DIR"] = str(FOLDER / "data")
    os.environ["HALKHATA_SECRET_KEY"] = "only-for-tests-" + "0" * 40
    # The mail servers of the tests listen on the loopback at whatever port is free.
    os.environ["HALKHATA_MAIL_PRIVATE_HOSTS"] = "127.0.0.1"
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
    if SHARED == FOLDER:
        os.environ.pop("HALKHATA_TEST_SHARED", None)
    shutil.rmtree(FOLDER, ignore_errors=True)


_prepare()
