"""F19: an import killed again and again ends with every row once; undone (and killed while undoing) nothing is left."""

import contextlib
import csv
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.drills.conftest import BOTH
from tests.support.fixtures_process import ROOT

pytestmark = pytest.mark.one_database
on_both = pytest.mark.parametrize("vendor", BOTH)
# make drill: ten kills in a list of 100,000.
LONG = os.environ.get("HALKHATA_DRILL") == "long"
KILLS, ROWS = (10, 100_000) if LONG else (3, 8_000)

DIGEST = """
import hashlib
from django.apps import apps
digest = hashlib.sha256()
for model in sorted(apps.get_app_config("customers").get_models(), key=lambda one: one._meta.label):
    names = [field.attname for field in model._meta.concrete_fields]
    if model.__name__ in {"SearchKey", "OrganizationKey"}:
        names.remove("id")  # made of the rest, and made again
    for row in sorted(map(repr, model._default_manager.values_list(*names))):
        digest.update(row.encode())
print(digest.hexdigest())
"""
COUNTS = """
import json
from django.db.models import Count
from halkhata.records.customers.models import ContactPoint, Customer, SearchText
from halkhata.records.imports.models import ImportRun
run = ImportRun.objects.order_by("-id").first()
print(json.dumps({
    "customers": Customer.objects.count(), "texts": SearchText.objects.count(),
    "doubles": ContactPoint.objects.values("value").annotate(n=Count("id")).filter(n__gt=1).count(),
    "names": len(set(Customer.objects.values_list("name_en", flat=True))),
    "run": run and run.pk, "state": run and run.state, "counts": run and run.counts, "position": run and run.position,
}))
"""


def _run_and_kill(install, after: float, *arguments: str) -> bool:
    """Whether the command ended by itself before it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "halkhata", "import", "customers", *arguments, "--json"], env=install.env, cwd=ROOT,
        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=after)
        return True
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return False


@on_both
def test_import_killed_again_and_again_has_every_row_once_and_undo_leaves_none(shop_install, tmp_path):
    path = tmp_path / "list.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "Mobile", "Address", "Note"])
        writer.writerows([f"Person {n}", f"011{n:08d}", f"Road {n % 90}", ""] for n in range(ROWS))
    before = shop_install.python(DIGEST)
    chance = random.Random(1119)
    # How long this machine takes to begin: what is killed earlier was killed doing nothing.
    begun = time.monotonic()
    assert shop_install.run("import", "customers", str(tmp_path / "missing.csv"), "--json").returncode != 0
    start = time.monotonic() - begun
    ended = [_run_and_kill(shop_install, start + chance.uniform(0.3, 1.5), str(path))]
    state = json.loads(shop_install.python(COUNTS))
    while state["run"] is None:
        # Killed before the file was even received: nothing was begun.
        ended.append(_run_and_kill(shop_install, start + chance.uniform(0.5, 2.0), str(path)))
        state = json.loads(shop_install.python(COUNTS))
    while state["state"] == "loading" and len(ended) < KILLS:
        ended.append(_run_and_kill(shop_install, start + chance.uniform(0.2, 1.0), "--resume", str(state["run"])))
        state = json.loads(shop_install.python(COUNTS))
        assert state["customers"] == state["counts"].get("new", 0) == max(0, state["position"] - 1)
    assert not all(ended), "nothing was killed: the drill proves nothing"
    if state["state"] == "uploaded":
        shop_install.python(
            "from halkhata.records.imports.models import ImportRun\n"
            "from halkhata.records.imports.services.beginning import begin_load\n"
            "begin_load(actor=None, run=ImportRun.objects.get())"
        )
    done = shop_install.run("import", "customers", "--resume", str(state["run"]), "--json")
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    state = json.loads(shop_install.python(COUNTS))
    assert (state["customers"], state["names"], state["texts"], state["doubles"]) == (ROWS, ROWS, ROWS, 0)
    assert (state["state"], state["counts"]) == ("done", {"new": ROWS})
    number = str(state["run"])
    whole = shop_install.python(DIGEST)
    again = shop_install.run("import", "customers", str(path), "--json")
    assert json.loads(again.stdout)["counts"] == {"unchanged": ROWS}, again.stderr.decode()[-2000:]
    assert shop_install.python(DIGEST) == whole
    for _ in range(KILLS):
        _run_and_kill(shop_install, start + chance.uniform(0.2, 1.0), "--undo", number)
    done = shop_install.run("import", "customers", "--undo", number, "--json")
    assert json.loads(done.stdout)["state"] == "undone", done.stderr.decode()[-2000:]
    assert json.loads(shop_install.python(COUNTS))["customers"] == 0
    assert shop_install.python(DIGEST) == before
    killed = ended.count(False)
    print(f"{ROWS:,} rows, {killed} kills while importing and up to {KILLS} while undoing: each row once, then none")
