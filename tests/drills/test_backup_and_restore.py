"""F21 and F22: a backup taken under load comes back whole; a damaged, foreign or half one changes nothing."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from halkhata.foundation.backups.archive.keys import Secret, read_key
from halkhata.foundation.backups.services.reading import read_archive
from tests.drills.conftest import BOTH, ONE, in_turn
from tests.drills.install import OPEN_TICKETS, PATIENCE, PRELUDE, Install

pytestmark = pytest.mark.one_database
on_both = pytest.mark.parametrize("vendor", BOTH)
on_one = pytest.mark.parametrize("vendor", ONE)

WRITER = (
    OPEN_TICKETS
    + """
import sys, time
number = 0
while True:
    one(number)
    number += 1
    print(number, flush=True)
"""
)
INVARIANTS = """
import json
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.models import SlaClock, WorkEvent
from halkhata.foundation.core.models import EventDelivery, OutboxEvent
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import read_file
tickets = Ticket.objects.count()
print(json.dumps({
    "tickets": tickets,
    "without_clocks": Ticket.objects.filter(clocks__isnull=True).count(),
    "without_opening": tickets - WorkEvent.objects.filter(kind="opened").count(),
    "numbers": Ticket.objects.values("number").distinct().count(),
    "unreadable_files": sum(1 for file in StoredFile.objects.all() if not read_file(file)),
    "files": StoredFile.objects.count(),
}))
"""


def _tickets_in(copy: Path) -> int:
    """How many tickets a copied database file holds; none when SQLite finds it broken."""
    with contextlib.closing(sqlite3.connect(copy)) as database:
        try:
            return database.execute("SELECT count(*) FROM tickets_ticket").fetchone()[0]
        except sqlite3.DatabaseError:
            return 0


def secret_of(install: Install) -> Secret:
    return Secret(key=read_key((install.folder / "backup_key").read_text()))


@on_both
def test_backup_under_load_comes_back_on_an_empty_machine_as_of_one_instant(shop_install, new_install, tmp_path):
    writer = shop_install.start("-c", PRELUDE + WRITER)
    for _ in range(10):
        assert writer.stdout.readline(), writer.stderr.read().decode()[-2000:]
    made = shop_install.answer("backup", "--to", str(tmp_path / "stick"))
    done_after = [writer.stdout.readline() for _ in range(5)]
    assert all(done_after), "the writer went on while the backup was made"
    os.killpg(writer.pid, signal.SIGKILL)

    archive = Path(made["archive"])
    assert archive.parent == tmp_path / "stick"
    assert made["missing_files"] == []
    promised = read_archive(archive, secret_of(shop_install)).manifest["tables"]
    empty = new_install("empty", empty=True)
    restored = empty.answer("restore", str(archive), HALKHATA_BACKUP_KEY=made["new_key"])
    assert restored["rows"] == made["rows"] == sum(promised.values())

    found = json.loads(empty.python(INVARIANTS))
    living = json.loads(shop_install.python(INVARIANTS))
    assert found["tickets"] == promised["tickets_ticket"]
    assert 10 <= found["tickets"] < living["tickets"]
    assert found["numbers"] == found["tickets"]
    assert found["without_clocks"] == found["without_opening"] == found["unreadable_files"] == 0
    assert found["files"] == promised["files_storedfile"] == made["files"]
    assert (empty.folder / "secret_key").read_bytes() == (shop_install.folder / "secret_key").read_bytes()
    assert empty.run("migrate").stdout.decode().strip() == "The database is up to date."
    assert shop_install.leftovers() == empty.leftovers() == []


@pytest.mark.parametrize("vendor", [pytest.param("sqlite", id="sqlite")])
def test_twin_copying_the_file_without_a_snapshot_loses_what_is_in_the_log(shop_install, tmp_path):
    """The guard off: what a plain copy of the database file holds while somebody writes is not the database."""
    writer = shop_install.start("-c", PRELUDE + WRITER)
    copy = tmp_path / "copy.sqlite3"
    lost = []
    # Now and then SQLite moves its log into the file by itself; right after that a plain copy happens to be whole.
    for _ in range(30):
        acknowledged = int(writer.stdout.readline()) + 1
        os.killpg(writer.pid, signal.SIGSTOP)
        shutil.copy(shop_install.folder / "halkhata.sqlite3", copy)
        os.killpg(writer.pid, signal.SIGCONT)
        lost.append(acknowledged - _tickets_in(copy))
        if lost[-1] > 0:
            break
    os.killpg(writer.pid, signal.SIGKILL)
    assert lost[-1] > 0, lost


# Restores one file after the other in one process: every one of them must be refused.
TRY_ALL = """
import json, sys
from pathlib import Path
from halkhata.foundation.backups.places import use_data
from halkhata.foundation.backups.services.key_store import known_secret
from halkhata.foundation.backups.services.restoring import restore_archive
from halkhata.foundation.core.errors import DomainError
use_data()
answers = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        restore_archive(path, known_secret())
        answers[path.name] = "restored"
    except DomainError as error:
        answers[path.name] = error.code
print(json.dumps(answers))
"""


@on_both
def test_damaged_archive_changes_not_one_row_or_file(shop_install, tmp_path):
    made = shop_install.answer("backup")
    before = shop_install.digest(
        "from halkhata.foundation.core.models import Job; from halkhata.foundation.core.clock import now\n"
        "Job.objects.create(id='later', task='x', run_after=now(), enqueued_at=now())\n"
    )
    whole = Path(made["archive"]).read_bytes()
    half = len(whole) // 2
    chooser = random.Random(22)
    damages = {
        "archive cut in half": whole[:half],
        "archive without its last byte": whole[:-1],
        "nothing": b"",
        "archive with more": whole + b"\x00" * 40,
        "archive half twice": whole[:half] + whole[:half],
        "archive with zeroes": whole[:half] + bytes(4096) + whole[half + 4096 :],
        "header changed": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
    }
    for number in range(8):
        at = chooser.randrange(1000, len(whole))
        damages[f"archive bit {number} at {at}"] = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, data in damages.items():
        (folder / name).write_bytes(data)
    tried = shop_install.start("-c", PRELUDE + TRY_ALL, str(folder))
    out, said = tried.communicate(timeout=PATIENCE)
    assert tried.returncode == 0, said.decode()[-2000:]
    answers = json.loads(out)
    assert set(answers) == set(damages)
    for name, code in answers.items():
        beginning = {"nothing": "no_archive", "header changed": "header_"}.get(name, "archive_")
        assert code.startswith(beginning), (name, code)
    assert shop_install.leftovers() == []
    assert shop_install.digest() == before
    code, exit_code, said = shop_install.refusal("restore", str(folder / "archive cut in half"))
    assert (exit_code, code) == (1, "archive_cut_off") or code == "archive_changed"
    assert said.endswith(".")


@on_both
def test_wrong_key_and_foreign_archive_are_refused_and_force_replaces(shop_install, new_install):
    made = shop_install.answer("backup")
    other = new_install("other")
    own = other.answer("backup")
    before = other.digest()
    code, exit_code, said = other.refusal("restore", made["archive"])
    assert (code, exit_code) == ("wrong_key", 1)
    assert "marked" in said
    code, exit_code, said = other.refusal("restore", made["archive"], HALKHATA_BACKUP_KEY=made["new_key"])
    assert (code, exit_code) == ("other_install", 2)
    assert "--force" in said
    assert other.refusal("verify", made["archive"], HALKHATA_BACKUP_KEY="abc")[0] == "key_malformed"
    assert other.digest() == before
    done = other.answer("restore", made["archive"], "--force", HALKHATA_BACKUP_KEY=made["new_key"])
    assert len(done["previous"]) >= 2
    back = other.answer("restore", own["archive"], "--force")  # and its own data can be brought back again
    assert back["rows"] == own["rows"]


@on_both
def test_kill_in_the_middle_of_a_backup_leaves_no_archive_and_the_next_one_cleans_up(shop_install):
    shop_install.answer("backup")
    shop_install.python("import os\nfrom halkhata.foundation.files.services.storing import store_file\n"
                        "for n in range(12): store_file(name='big', data=os.urandom(4_000_000))")  # fmt: skip
    good = sorted(shop_install.backups.glob("*.hkbackup"))
    killed = 0
    for pause in (0.05, 0.3, 0.6):
        left = set(shop_install.backups.glob(".*.part"))  # of the one that was killed before
        process = shop_install.start("-m", "halkhata", "backup")
        deadline = time.monotonic() + PATIENCE
        while set(shop_install.backups.glob(".*.part")) <= left and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(pause)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
            assert sorted(shop_install.backups.glob("*.hkbackup")) == good
        else:
            good = sorted(shop_install.backups.glob("*.hkbackup"))
    assert killed
    made = shop_install.answer("backup")
    assert shop_install.leftovers() == []
    assert shop_install.answer("verify", made["archive"])["files"] == 17
    runs = shop_install.python(
        "from halkhata.foundation.backups.models import BackupRun\n"
        "print(BackupRun.objects.filter(error='interrupted', ok=False).count(), "
        "BackupRun.objects.filter(ended_at__isnull=True).count())"
    )
    assert runs.split() == [str(killed), "0"]


# Where a restore is killed: in the proof, while loading, before the journal, and after each of its renames.
KILLS = {
    "while unpacking": ("halkhata.foundation.backups.services.restoring", "check_staged", False),
    "before migrating": ("halkhata.foundation.backups.services.restoring", "_finish", False),
    "before the journal": ("halkhata.foundation.backups.services.restoring", "begin_swap", False),
    "at the first rename": ("halkhata.foundation.backups.services.swapping", "finish_swap", True),
    "between two renames": ("os", "rename", True),
}
KILLED_RESTORE = """
import importlib, os, signal, sys
module, name, calls, archive = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
from django.conf import settings
from pathlib import Path
from halkhata.foundation.backups.places import use_data, JOURNAL
from halkhata.foundation.backups.services import restoring, swapping
from halkhata.foundation.backups.services.key_store import known_secret
use_data()
place = importlib.import_module(module)
original = getattr(place, name)
seen = 0
def die(*arguments, **values):
    global seen
    if name != "rename" or (Path(settings.DATA_DIR) / JOURNAL).exists():
        seen += 1
        if seen > calls:
            os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **values)
setattr(place, name, die)
restoring.restore_archive(Path(archive), known_secret())
"""


@pytest.mark.parametrize(("vendor", "where"), in_turn(KILLS))
def test_restore_killed_anywhere_leaves_old_data_or_is_finished_by_the_next_command(shop_install, where):
    made = shop_install.answer("backup")
    shop_install.python(OPEN_TICKETS + "one(1)")
    before = shop_install.digest()
    module, name, rolls_forward = KILLS[where]
    for calls in range(2) if name == "rename" else (0,):
        killed = shop_install.start("-c", PRELUDE + KILLED_RESTORE, module, name, str(calls), made["archive"])
        _out, said = killed.communicate(timeout=PATIENCE)
        assert killed.returncode == -signal.SIGKILL, said.decode()[-2000:]
        if not rolls_forward:
            assert not (shop_install.folder / "restore.json").exists()
            assert shop_install.digest() == before
            continue
        # The next command, whichever it is, finds the journal and ends what was begun.
        assert (shop_install.folder / "restore.json").exists()
        checked = shop_install.run("migrate")
        assert checked.returncode == 0, checked.stderr.decode()
        assert "was finished" in checked.stderr.decode()
        assert not (shop_install.folder / "restore.json").exists()
        found = json.loads(shop_install.python(INVARIANTS))
        assert found["tickets"] == 0
        assert found["files"] == 5
        assert found["unreadable_files"] == 0
    # And a whole restore works afterwards, and leaves nothing of the killed one.
    assert shop_install.answer("restore", made["archive"])["files"] == 5
    assert shop_install.leftovers() == []


@pytest.mark.parametrize("vendor", [pytest.param("sqlite", id="sqlite")])
def test_twin_without_the_journal_stands_there_without_a_database(shop_install):
    """The guard off: killed between two renames, and nobody knows that anything is to be finished."""
    made = shop_install.answer("backup")
    killed = shop_install.start("-c", PRELUDE + KILLED_RESTORE, "os", "rename", "1", made["archive"])
    killed.communicate(timeout=PATIENCE)
    (shop_install.folder / "restore.json").unlink()
    assert not (shop_install.folder / "halkhata.sqlite3").exists()
    assert shop_install.run("worker").returncode == 2  # there are no tables: nothing that could work


@on_both
def test_restore_is_refused_while_a_worker_runs(shop_install):
    made = shop_install.answer("backup")
    worker = shop_install.start("-m", "halkhata", "worker")
    deadline = time.monotonic() + PATIENCE
    refused = ""
    while refused != "still_running" and time.monotonic() < deadline:
        time.sleep(0.5)
        done = shop_install.run("restore", made["archive"] + "-not-there", "--json")
        refused = json.loads(done.stdout)["error"]
    assert refused == "still_running"
    before = shop_install.digest()
    code, exit_code, said = shop_install.refusal("restore", made["archive"])
    assert (code, exit_code) == ("still_running", 2)
    assert "stop web, worker and scheduler" in said
    assert shop_install.digest() == before
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert shop_install.answer("restore", made["archive"])["ok"] is True  # a killed one holds nothing


@pytest.mark.parametrize("vendor", [pytest.param("sqlite", id="sqlite")])
def test_full_disk_makes_no_archive_and_one_sentence(shop_install):
    """RLIMIT_FSIZE stands for the full disk: a write beyond the limit fails as one on a full disk does."""
    first = shop_install.answer("backup")
    shop_install.python("import os\nfrom halkhata.foundation.files.services.storing import store_file\n"
                        "store_file(name='big', data=os.urandom(16_000_000))")  # fmt: skip
    # Room for a copy of the database, not for the archive with its photo.
    limit = (shop_install.folder / "halkhata.sqlite3").stat().st_size + 2_000_000
    done = subprocess.run(
        [os.sys.executable, "-m", "halkhata", "backup", "--json"], env=shop_install.env, capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)), check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout, done.stderr.decode()
    assert json.loads(done.stdout)["error"] == "disk_full"
    assert done.stderr.decode().strip() == "The disk is full: the backup was not made, older ones are still there."
    assert shop_install.leftovers() == []
    assert [str(path) for path in shop_install.backups.glob("*.hkbackup")] == [first["archive"]]
    before = shop_install.digest()
    done = subprocess.run(
        [os.sys.executable, "-m", "halkhata", "restore", first["archive"], "--json"], env=shop_install.env,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)), check=False,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "no_room"
    assert shop_install.digest() == before
    assert shop_install.leftovers() == []


@on_both
def test_archive_of_an_older_version_is_migrated_and_one_of_a_newer_is_refused(shop_install):
    # The data of the version before: its last migration of one app is taken back, then a backup is made.
    done = shop_install.python(
        "from django.core.management import call_command\n"
        "call_command('migrate', 'messaging', '0001', verbosity=0)\n"
        "from halkhata.foundation.backups.services.back_up import back_up\nprint(back_up().path)\n"
        "call_command('migrate', verbosity=0)"
    ).strip()
    answer = shop_install.answer("restore", done)
    assert answer["migrated"][0].startswith("messaging.0002")
    shop_install.python(
        "from django.db import connection\nfrom halkhata.foundation.core.clock import now\n"
        'connection.cursor().execute("INSERT INTO django_migrations (app, name, applied) VALUES '
        "('tickets', '9999_of_the_future', '2030-01-01')\")"
    )
    newer = shop_install.python(
        "from halkhata.foundation.backups.services.back_up import back_up\nprint(back_up().path)"
    ).strip()
    before = shop_install.digest()
    code, _exit, said = shop_install.refusal("restore", newer)
    assert code == "newer_version"
    assert "install that version first" in said
    assert shop_install.digest() == before


@on_both
def test_nightly_round_backs_up_verifies_and_restores_on_trial(shop_install):
    done = shop_install.run("backup", "--nightly", "--json")
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    assert (answer["verified"], answer["tried"], answer["removed"]) == (True, True, 0)
    row = shop_install.python(
        "from halkhata.foundation.backups.models import BackupRun\nrun = BackupRun.objects.get()\n"
        "print(run.ok, run.verified_at is not None, run.tested_at is not None, repr(run.trouble))"
    )
    assert row.split() == ["True", "True", "True", "''"]
    assert shop_install.leftovers() == []
    again = json.loads(shop_install.run("backup", "--nightly", "--json").stdout)
    assert again["tried"] is None  # once a week is enough
    shop_install.python(
        "from pathlib import Path\nfrom halkhata.foundation.backups.models import BackupRun\n"
        "run = BackupRun.objects.order_by('-id')[0]\npath = Path(run.folder) / run.file_name\n"
        "data = bytearray(path.read_bytes()); data[-500] ^= 1; path.write_bytes(data)\n"
        "from halkhata.foundation.backups.services.verifying import verify_run\n"
        "from halkhata.foundation.backups.services.key_store import known_secret\n"
        "from halkhata.foundation.backups.services.trying import try_restore\n"
        "assert not verify_run(run, known_secret()); assert not try_restore(run, known_secret())\n"
        "run.refresh_from_db(); assert run.trouble == 'archive_changed', run.trouble"
    )


@pytest.mark.parametrize("vendor", [pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def test_role_that_may_not_make_databases_verifies_and_says_so(shop_install, postgres_url):
    import psycopg

    name = shop_install.env["HALKHATA_DATABASE_URL"].rsplit("/", 1)[1]
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'plain' NOSUPERUSER NOCREATEDB")
        server.execute(f'GRANT ALL ON DATABASE "{name}" TO {name}')
    with psycopg.connect(f"{postgres_url.rsplit('/', 1)[0]}/{name}", autocommit=True) as database:
        database.execute(f"GRANT ALL ON SCHEMA public TO {name}")
        database.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
        database.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}")
    where = postgres_url.rsplit("@", 1)[1].split("/")[0]
    env = {"HALKHATA_DATABASE_URL": f"postgresql://{name}:plain@{where}/{name}"}
    done = shop_install.run("backup", "--nightly", "--json", **env)
    assert json.loads(done.stdout)["tried"] is False
    trouble = shop_install.python(
        "from halkhata.foundation.backups.models import BackupRun\nprint(BackupRun.objects.get().trouble)"
    )
    assert trouble.strip() == "may_not_create"
    archive = next(shop_install.backups.glob("*.hkbackup"))
    before = shop_install.digest()
    assert shop_install.refusal("restore", str(archive), **env)[0] == "may_not_create"
    assert shop_install.digest() == before


@on_both
def test_mail_that_waited_is_in_doubt_after_a_restore_and_nothing_goes_out_before_release(shop_install, smtp_server):
    shop_install.python(_MAIL.replace("PORT", str(smtp_server.port)))
    made = shop_install.answer("backup")
    # After the backup the mail goes out; then the data of before come back.
    shop_install.python("from halkhata.foundation.core.jobs.worker import run_until_quiet\nrun_until_quiet()")
    assert len(smtp_server.wait_for(1)) == 1
    shop_install.answer("restore", made["archive"])
    after = shop_install.python(
        _SEND_ALL + "print(Delivery.objects.get(pk=1).state, Delivery.objects.get(pk=1).error_code)"
    )
    assert after.split() == ["in_doubt", "restored"]
    assert len(smtp_server.messages) == 1, "the customer has it once"
    # Something new is written before anybody has looked: it waits as well.
    state = shop_install.python(_MAIL_AGAIN + _SEND_ALL + "print(Delivery.objects.order_by('-id')[0].state)")
    assert state.split()[-1] == "queued"
    assert len(smtp_server.messages) == 1
    shop_install.python(
        "from halkhata.foundation.accounts.models import User\n"
        "from halkhata.foundation.backups.services.settling import release_outgoing\n"
        "release_outgoing(User.objects.get(username='owner'))\n" + _SEND_ALL
    )
    assert len(smtp_server.wait_for(2)) == 2
    states = shop_install.python(
        "from halkhata.engines.messaging.models import Delivery\n"
        "print(*Delivery.objects.order_by('id').values_list('state', flat=True))"
    )
    assert states.split() == ["in_doubt", "sent"]


@on_one
def test_twin_without_the_step_after_a_restore_sends_the_mail_twice(shop_install, smtp_server):
    shop_install.python(_MAIL.replace("PORT", str(smtp_server.port)))
    made = shop_install.answer("backup")
    shop_install.python("from halkhata.foundation.core.jobs.worker import run_until_quiet\nrun_until_quiet()")
    assert len(smtp_server.wait_for(1)) == 1
    shop_install.answer("restore", made["archive"])
    shop_install.python(
        "from halkhata.foundation.backups.models import Restoration\nRestoration.objects.all().delete()\n"
        "from halkhata.engines.messaging.models import Delivery\n"
        "Delivery.objects.filter(error_code='restored').update(state='queued')\n" + _SEND_ALL
    )
    assert len(smtp_server.wait_for(2)) == 2
    ids = {message.message["Message-ID"] for message in smtp_server.messages}
    assert len(ids) == 1, "the very same mail, twice"


_MAIL = (
    OPEN_TICKETS
    + """
from halkhata.engines.messaging.models import Mailbox, Delivery
from halkhata.engines.messaging.services.conversations import send_reply
Mailbox.objects.create(name="Care", address="care@example.com", branch=agent.branch, team=agent.teams.first(),
                       is_default=True, smtp_host="127.0.0.1", smtp_port=PORT, smtp_security="none")
customer = create_customer(actor=agent, name_en="Reader", emails=["reader@example.com"], branch=agent.branch)
ticket = open_ticket(actor=agent, subject="Fan", description="", customer=customer, channel="email",
                     branch=agent.branch, team=agent.teams.first(), acknowledge=False)
send_reply(actor=agent, item=ticket, text="The fan is mended.")
assert Delivery.objects.get().state == "queued", Delivery.objects.get().state
"""
)
_MAIL_AGAIN = (
    OPEN_TICKETS
    + """
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.desks.tickets.models import Ticket
send_reply(actor=agent, item=Ticket.objects.get(subject="Fan"), text="One thing more.")
"""
)
_SEND_ALL = """
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.engines.messaging.models import Delivery
from halkhata.engines.messaging.jobs import send_due_mail
send_due_mail.func()
run_until_quiet()
"""
