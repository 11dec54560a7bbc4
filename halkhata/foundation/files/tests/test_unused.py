"""Files nobody uses go after a day; whatever is used, or is just being stored, stays."""

import os
import time
from datetime import timedelta

import pytest
from django.apps import apps

from halkhata.desks.tickets.services.answering import add_internal_note
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.files.services.unused import LIFE, drop_orphaned_bytes, drop_unused_files, relations

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def age(path):
    then = time.time() - LIFE.total_seconds() - 60
    os.utime(path, (then, then))


def test_file_chosen_for_a_message_never_sent_goes_and_one_on_a_message_stays(shop, folder):
    """Staff choose files that wait for their message; a message that is never sent leaves them behind."""
    ticket = open_ticket(
        actor=shop.agent, subject="Fan", customer=None, channel="phone", branch=shop.branch, owner=shop.agent
    )
    used, unused = store_file(name="used.txt", data=b"used"), store_file(name="unused.txt", data=b"unused")
    add_internal_note(actor=shop.agent, ticket=ticket, text="see file", files=[used])
    assert drop_unused_files() == 0
    with moved_to(now() + LIFE + timedelta(minutes=1)):
        assert drop_unused_files() == 1
    assert list(StoredFile.objects.all()) == [used]
    assert (folder / unused.path).exists()
    for name in (used.path, unused.path):
        age(folder / name)
    assert drop_orphaned_bytes() == 1
    assert (folder / used.path).exists()
    assert not (folder / unused.path).exists()


def test_bytes_that_another_file_shares_stay(folder):
    first, second = store_file(name="a.txt", data=b"same"), store_file(name="b.txt", data=b"same")
    first.delete()
    age(folder / second.path)
    assert drop_orphaned_bytes() == 0
    assert (folder / second.path).read_bytes() == b"same"


def test_bytes_stored_again_at_this_moment_are_not_old_any_more(folder):
    """Somebody stores the same bytes while the cleaner is at work: the row comes a moment after the bytes."""
    file = store_file(name="a.txt", data=b"same")
    path = folder / file.path
    file.delete()
    age(path)
    from halkhata.foundation.files.services.blobs import write_blob

    write_blob(file.sha256, b"same")
    assert drop_orphaned_bytes() == 0
    assert path.exists()


def test_other_files_in_the_folder_are_left_alone(folder):
    (folder / "ab" / "cd").mkdir(parents=True)
    for name in ("readme.txt", "ab/cd/not-a-digest", "x" * 64):
        (folder / name).write_bytes(b"x")
        age(folder / name)
    assert drop_orphaned_bytes() == 0


def test_every_relation_to_a_file_is_asked_also_those_without_a_name(db):
    """A model made tomorrow that points at a file is asked as well: the list comes from the models."""
    found = {(model._meta.label_lower, column) for model, column in relations()}
    assert found >= {
        ("messaging.messageattachment", "file"), ("messaging.template_documents", "storedfile"),
        ("portal.draftfile", "file"), ("api.upload", "file"),
    }  # fmt: skip
    pointing = {
        (model._meta.label_lower, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is StoredFile
    }
    assert found == pointing


def test_upload_of_a_program_that_still_waits_stays(shop, folder):
    from halkhata.doors.api.models import Upload

    file = store_file(name="waits.txt", data=b"waits")
    Upload.objects.create(file=file, user=shop.agent)
    with moved_to(now() + LIFE + timedelta(minutes=1)):
        assert drop_unused_files() == 0
