"""What a test needs from the machine, and what happens when it is not there."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import postgres


def chromium_path() -> str | None:
    """The Chromium that browser tests drive: HALKHATA_CHROMIUM, or the one on the PATH."""
    return os.environ.get("HALKHATA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def dovecot_path() -> str | None:
    """The IMAP server's program; Debian keeps it outside an ordinary user's PATH."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def schemathesis_path() -> str | None:
    """Schemathesis lives apart: its dependencies clash with ours. HALKHATA_TEST_SCHEMATHESIS, or .venv-schemathesis."""
    named = os.environ.get("HALKHATA_TEST_SCHEMATHESIS")
    beside = Path(__file__).resolve().parents[2] / ".venv-schemathesis" / "bin" / "schemathesis"
    return named or (str(beside) if beside.is_file() else None)


def _has_imap() -> bool:
    program = dovecot_path()
    return program is not None and any(
        (folder / "imap").exists() for folder in (Path("/usr/lib/dovecot"), Path("/usr/libexec/dovecot"))
    )


FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")


def kannel_programs() -> list[str | None]:
    """bearerbox, smsbox and the operator's centre that answers them in tests; None for what is missing."""
    boxes = [shutil.which(name) or shutil.which(name, path="/usr/sbin") for name in ("bearerbox", "smsbox")]
    return [*boxes, str(FAKE_SMSC) if FAKE_SMSC.is_file() else None]


def _has_kannel() -> bool:
    return all(kannel_programs())


def _has_cpython_test_data() -> bool:
    try:
        return importlib.util.find_spec("test.test_email") is not None
    except ModuleNotFoundError:
        return False


# marker -> (is it there?, the Debian package that brings it)
REQUIREMENTS: dict[str, tuple[Callable[[], bool], str]] = {
    "needs_postgres": (lambda: postgres.binaries() is not None, "postgresql"),
    "needs_chromium": (lambda: chromium_path() is not None, "chromium"),
    "needs_dovecot": (_has_imap, "dovecot-imapd"),
    "needs_kannel": (_has_kannel, "kannel kannel-extras"),
    "needs_schemathesis": (lambda: schemathesis_path() is not None, "(none: make schemathesis)"),
    "needs_cpython_test_data": (_has_cpython_test_data, "libpython3.11-testsuite"),
}


def everything_required() -> bool:
    """Whether HALKHATA_TEST_REQUIRE=all was given, so that a skip is a failure."""
    return os.environ.get("HALKHATA_TEST_REQUIRE") == "all"


def mark_missing(items: list[pytest.Item]) -> None:
    """Skip the tests whose program is missing, with one line that names the Debian package."""
    there: dict[str, bool] = {}
    for item in items:
        for marker, (is_there, package) in REQUIREMENTS.items():
            if item.get_closest_marker(marker) is None:
                continue
            if marker not in there:
                there[marker] = is_there()
            if not there[marker]:
                item.add_marker(pytest.mark.skip(reason=f"needs the Debian package {package}"))


def skip_becomes_failure(report: pytest.TestReport | pytest.CollectReport) -> pytest.TestReport | pytest.CollectReport:
    """With HALKHATA_TEST_REQUIRE=all a skipped test has failed. An expected failure (xfail) stays what it is."""
    if everything_required() and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"HALKHATA_TEST_REQUIRE=all allows no skip. {reason}"
    return report
