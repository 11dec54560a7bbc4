"""The fixtures themselves: what they promise to other tests holds."""

import subprocess
import sys

import pytest
from django.contrib.auth import SESSION_KEY

from tests.support.requirements import REQUIREMENTS


def test_shop_has_people_hours_and_a_promise(shop):
    assert shop.team.lead == shop.lead
    assert shop.branch.path == f"/{shop.branch.pk}/"
    assert set(shop.team.members.all()) == {shop.agent, shop.agent2, shop.lead}
    assert shop.calendar.intervals.count() == 12
    assert not shop.calendar.intervals.filter(weekday=4).exists()
    assert shop.policy.targets.get(priority="normal", metric="first").minutes == 120


def test_client_as_is_signed_in_and_reads_the_language(shop, client_as):
    client = client_as(shop.agent, language="en")
    assert client.session[SESSION_KEY] == str(shop.agent.pk)
    shop.agent.refresh_from_db()
    assert shop.agent.language == "en"


@pytest.mark.django_db(transaction=True)
def test_rows_are_gone_after_a_test_with_real_transactions_append_only_ones_too(django_db_blocker):
    from django.db import connection, transaction

    from halkhata.foundation.audit import trail
    from halkhata.foundation.core.models import Installation
    from tests.support.database import flush_all

    with transaction.atomic():
        trail.record(actor=None, action="test.act", record=Installation(pk=1))
    flush_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditentry")
        assert cursor.fetchone() == (0,)


def test_a_skip_fails_when_everything_is_required(tmp_path, pytestconfig):
    """The rule of HALKHATA_TEST_REQUIRE=all, seen on a run of its own."""
    import os

    file = tmp_path / "test_one.py"
    file.write_text(
        "import pytest\n"
        "def test_skipped():\n    pytest.skip('no such program')\n"
        "@pytest.mark.xfail(reason='known', strict=True)\n"
        "def test_expected():\n    assert False\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(pytestconfig.inipath),
               "--rootdir", str(pytestconfig.rootpath), "-p", "conftest", str(file)]  # fmt: skip
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_XDIST")}
    lenient = subprocess.run(
        command, capture_output=True, text=True, cwd=pytestconfig.rootpath, check=False,
        env={**env, "HALKHATA_TEST_REQUIRE": "", "HALKHATA_TEST_DATABASE": "sqlite"},
    )  # fmt: skip
    assert "1 skipped, 1 xfailed" in lenient.stdout, lenient.stdout + lenient.stderr
    assert lenient.returncode == 0
    strict = subprocess.run(
        command, capture_output=True, text=True, cwd=pytestconfig.rootpath, check=False,
        env={**env, "HALKHATA_TEST_REQUIRE": "all", "HALKHATA_TEST_DATABASE": "sqlite"},
    )  # fmt: skip
    assert "1 failed, 1 xfailed" in strict.stdout, strict.stdout + strict.stderr
    assert strict.returncode == 1


def test_each_requirement_names_a_marker_of_the_project(pytestconfig):
    known = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert set(REQUIREMENTS) <= known
