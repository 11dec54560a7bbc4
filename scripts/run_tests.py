"""``make test``: the whole suite on SQLite, then on PostgreSQL where that is installed."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.postgres import binaries  # noqa: E402

# Asked once is enough: they look at pages, at the shell and at files, not at a database's behaviour.
ONE_DATABASE_IS_ENOUGH = "not needs_chromium and not one_database"


def main() -> int:
    """Run pytest once or twice; its own closing lines are the last words. Returns the worse exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2", help="processes that share the tests (default 2)")
    options = parser.parse_args()
    # What takes longest is said at the end: whoever makes the suite quicker begins there.
    command = [sys.executable, "-m", "pytest", "-n", options.workers, "--durations=40", "--durations-min=10"]
    print("— on SQLite", flush=True)
    first = subprocess.run(command, cwd=ROOT, env={**os.environ, "HALKHATA_TEST_DATABASE": "sqlite"}).returncode
    if binaries() is None:
        if os.environ.get("HALKHATA_TEST_REQUIRE") == "all":
            print("PostgreSQL is not installed (Debian package postgresql).", file=sys.stderr)
            return first or 1
        print("— not run on PostgreSQL: needs the Debian package postgresql", flush=True)
        return first
    print("— on PostgreSQL", flush=True)
    second = subprocess.run(
        [*command, "-m", ONE_DATABASE_IS_ENOUGH],
        cwd=ROOT,
        env={**os.environ, "HALKHATA_TEST_DATABASE": "postgres"},
    ).returncode
    return first or second


if __name__ == "__main__":
    sys.exit(main())
