"""Schemathesis against the running shop: no server error, no answer that the description does not promise."""

import os
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.support.requirements import schemathesis_path

HERE = Path(__file__).resolve().parent
# make drill tries more of everything.
EXAMPLES = "200" if os.environ.get("HALKHATA_DRILL") == "long" else "8"
SET_UP = """
from tests.support.fixtures_shop import make_shop
from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.records.customers.services.customers import create_customer
shop = make_shop()
Category.objects.get_or_create(code="service", defaults={"name_en": "Service"})
for number in range(3):
    customer = create_customer(actor=shop.owner, name_en=f"Invented {number}", phones=[f"0110012345{number}"])
    open_ticket(actor=shop.owner, subject=f"Fridge {number}", customer=customer, channel="phone", branch=shop.branch)
print(create_token(actor=shop.owner, name="schemathesis", scopes=list(PERMISSIONS))[1])
"""


@pytest.mark.needs_schemathesis
@pytest.mark.usefixtures("db")
def test_running_api_keeps_its_description_and_never_fails(make_app, tmp_path):
    app = make_app(HALKHATA_API_RATE="1000000", HALKHATA_API_FAILURES="1000000", HALKHATA_OUTBOUND_ALLOW="127.0.0.1/32")
    app.start(seconds=240)
    raw = app.shell(SET_UP).strip().splitlines()[-1]
    # The first answer of a fresh process takes its time, and Schemathesis waits ten seconds for the description.
    urllib.request.urlopen(f"{app.base_url}/api/v1/openapi.json", timeout=120).close()
    done = subprocess.run(
        [
            schemathesis_path(), "--config-file", str(HERE / "schemathesis.toml"), "run",
            f"{app.base_url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {raw}",
            "--max-examples", EXAMPLES, "--seed", "20261122", "--request-timeout", "30", "--no-color",
            "--generation-database", "none",
        ],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=1500,
    )  # fmt: skip
    report = done.stdout[-12_000:] + done.stderr[-2000:]
    assert done.returncode == 0, report
    # Its warnings (random data seldom names a record that is there) say nothing about us; its counts do.
    counts = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert counts, report
    assert counts[1] == counts[2], report
    assert int(counts[1]) > 1000, report
    assert re.search(r"✅ +Stateful", done.stdout), report
