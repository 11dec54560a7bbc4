"""When a backup is due, which ones stay, and the page that says so."""

import os
import stat
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.backups import jobs
from halkhata.foundation.backups.models import BackupRun, BackupSettings
from halkhata.foundation.backups.places import backup_is_running, only_backup
from halkhata.foundation.backups.selectors.standing import backup_settings
from halkhata.foundation.backups.services import key_store, nightly
from halkhata.foundation.backups.services.own_row import own_row
from halkhata.foundation.backups.services.retention import remove_old, wanted
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.models import Installation

DHAKA = ZoneInfo("Asia/Dhaka")
URL = "/settings/backups/"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=DHAKA)


def night(at: datetime, *, ok: bool = True) -> BackupRun:
    return BackupRun.objects.create(
        kind=BackupRun.NIGHTLY, started_at=at, ended_at=at, ok=ok, sha256="0" * 64 if ok else "",
        error="" if ok else "disk_full", folder="/nowhere",
    )  # fmt: skip


@pytest.fixture
def row(db):
    Installation.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Dhaka", "set_up_at": now()})
    row = own_row()
    row.made_at = local(10, 12)
    row.save()
    return row


def test_first_night_is_waited_for(row):
    assert not nightly.is_due(row, local(10, 23))
    assert not nightly.is_due(row, local(11, 1, 59))
    assert nightly.is_due(row, local(11, 2))


def test_each_night_once_and_a_night_without_power_is_made_up(row):
    night(local(11, 2))
    assert not nightly.is_due(row, local(11, 2, 10))
    assert not nightly.is_due(row, local(12, 1, 59))
    assert nightly.is_due(row, local(12, 2))
    assert nightly.is_due(row, local(12, 9, 30)), "switched on in the morning"
    night(local(12, 9, 31))
    assert not nightly.is_due(row, local(12, 15))
    assert nightly.is_due(row, local(13, 2))


def test_failure_is_tried_again_hourly_four_times(row):
    for number in range(4):
        at = local(11, 2) + timedelta(hours=number)
        assert nightly.is_due(row, at)
        night(at, ok=False)
        assert not nightly.is_due(row, at + timedelta(minutes=59))
    assert not nightly.is_due(row, local(11, 12))
    assert nightly.is_due(row, local(12, 2))


def test_job_starts_a_process_only_when_due_on_and_alone(row, monkeypatch):
    started = []
    monkeypatch.setattr(nightly, "start_apart", lambda *arguments: started.append(arguments))
    with moved_to(local(11, 2)):
        with only_backup():
            assert backup_is_running()
            assert jobs.keep_backups.func() is False
        row.is_on = False
        row.save()
        assert jobs.keep_backups.func() is False
        row.is_on = True
        row.save()
        assert jobs.keep_backups.func() is True
    assert started == [("backup", "--nightly")]


def test_two_backups_never_run_side_by_side(data_folder):
    with only_backup() as first, only_backup() as second:
        assert (first, second) == (True, False)
    with only_backup() as third:
        assert third


def test_newest_of_each_day_and_week_stay():
    begin = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # 02:00 on Monday 23 November in Dhaka
    runs = [(day, begin - timedelta(days=day)) for day in range(40)]
    runs.insert(1, (100, begin - timedelta(minutes=5)))  # an older one of the same local day
    assert wanted(runs, days=7, weeks=0, zone=DHAKA) == {0, 1, 2, 3, 4, 5, 6}
    # Weeks begin on Monday: the newest of the three weeks before are Sundays.
    assert wanted(runs, days=1, weeks=4, zone=DHAKA) == {0, 1, 8, 15}
    assert wanted(runs, days=7, weeks=4, zone=DHAKA) == {0, 1, 2, 3, 4, 5, 6, 8, 15}
    assert wanted(runs[:1], days=1, weeks=0, zone=DHAKA) == {0}
    assert wanted([], days=7, weeks=4, zone=DHAKA) == set()


def test_only_nightly_archives_are_removed_and_their_rows_stay(row, tmp_path):
    made = []
    for day in range(12):
        run = night(local(22, 2) - timedelta(days=day))
        (tmp_path / f"{day}.hkbackup").write_bytes(b"x")
        BackupRun.objects.filter(pk=run.pk).update(folder=str(tmp_path), file_name=f"{day}.hkbackup")
        made.append(run)
    (tmp_path / "by-hand.hkbackup").write_bytes(b"x")
    BackupRun.objects.create(
        kind=BackupRun.MANUAL, started_at=local(1, 2), ended_at=local(1, 2), ok=True, sha256="0" * 64,
        folder=str(tmp_path), file_name="by-hand.hkbackup",
    )  # fmt: skip
    row.keep_daily, row.keep_weekly = 3, 1
    row.save()
    assert remove_old() == 9
    assert sorted(path.name for path in tmp_path.glob("*.hkbackup")) == [
        "0.hkbackup", "1.hkbackup", "2.hkbackup", "by-hand.hkbackup",
    ]  # fmt: skip
    assert BackupRun.objects.filter(removed_at__isnull=False).count() == 9
    assert remove_old() == 0


def test_failed_verification_removes_nothing(row, monkeypatch):
    monkeypatch.setattr(nightly, "back_up", lambda kind: type("Made", (), {"run": night(local(12, 2))})())
    monkeypatch.setattr(nightly, "verify_run", lambda run, secret: False)
    monkeypatch.setattr(nightly, "remove_old", lambda: pytest.fail("nothing may be removed"))
    done = nightly.run_round()
    assert (done.verified, done.tried, done.removed) == (False, None, 0)


def test_key_is_made_once_for_the_owner_of_the_process_only(data_folder):
    first, second = key_store.own_secret(), key_store.own_secret()
    assert (first.made, second.made) == (True, False)
    assert first.secret.key == second.secret.key
    assert stat.S_IMODE(os.stat(data_folder / "backup_key").st_mode) == 0o600
    assert [path.name for path in data_folder.iterdir()] == ["backup_key"]


def test_page_warns_until_the_key_is_kept_and_shows_it_to_keepers_only(shop, client_as, data_folder):
    owner = client_as(shop.owner)
    assert "Keep the key in another place" in owner.get(URL).content.decode()
    shown = owner.post(f"{URL}key/")
    groups = (data_folder / "backup_key").read_text().strip().split("-")
    assert all(group in shown.content.decode() for group in groups)
    assert "no-store" in shown["Cache-Control"]
    assert owner.get(f"{URL}key/").status_code == 405
    assert AuditEntry.objects.filter(action="backup.key_shown", actor_id=shop.owner.pk).count() == 1
    assert groups[0] not in str(AuditEntry.objects.filter(action="backup.key_shown").values())
    owner.post(f"{URL}key/kept/")
    assert "Keep the key in another place" not in owner.get(URL).content.decode()
    (data_folder / "backup_key").unlink()
    key_store.own_secret()
    assert "Keep the key in another place" in owner.get(URL).content.decode(), "another key is not kept yet"
    shop.manager.role.permissions = [*shop.manager.role.permissions, "settings.edit"]
    shop.manager.role.save()
    for user in (shop.agent, shop.manager):
        client = client_as(user)
        assert client.get(URL).status_code == 403
        for path in ("key/", "key/kept/", "begin/", ""):
            answer = client.post(f"{URL}{path}", {"hour": 3})
            assert answer.status_code == 403
            assert groups[0] not in answer.content.decode()


def test_settings_are_changed_with_bengali_digits_and_audited(shop, client_as, tmp_path):
    owner = client_as(shop.owner)
    folder = tmp_path / "stick"
    folder.mkdir()
    values = {"is_on": "on", "hour": "4", "folder": str(folder), "keep_daily": "১০", "keep_weekly": "2"}
    assert owner.post(URL, values).status_code == 302
    row = backup_settings()
    assert (row.hour, row.folder, row.keep_daily, row.keep_weekly) == (4, str(folder), 10, 2)
    assert AuditEntry.objects.get(action="backup.settings").after["keep_daily"] == 10
    for wrong in ({"folder": "stick"}, {"folder": str(tmp_path / "absent")}, {"keep_daily": "0"}, {"hour": "24"}):
        assert owner.post(URL, {**values, **wrong}).status_code == 422
    assert backup_settings().keep_daily == 10


def test_looking_at_the_page_writes_nothing(shop, client_as):
    client_as(shop.owner).get(URL)
    assert not BackupSettings.objects.exists()


def test_backup_by_hand_runs_in_a_process_of_its_own(shop, client_as, monkeypatch):
    from halkhata.foundation.backups.services import keeping

    started = []
    monkeypatch.setattr(keeping, "start_apart", lambda *arguments: started.append(arguments))
    owner = client_as(shop.owner)
    assert owner.post(f"{URL}begin/").status_code == 302
    assert started == [("backup",)]
    with only_backup():
        assert owner.post(f"{URL}begin/").status_code == 422
    assert started == [("backup",)]
