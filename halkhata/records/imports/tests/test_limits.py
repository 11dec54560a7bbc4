"""How many lists of one person wait at a time, also when many are asked for at once."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from halkhata.foundation.core.errors import Conflict
from halkhata.records.imports.models import ExportRun, ImportRun
from halkhata.records.imports.services import exporting, limits
from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo
from halkhata.records.imports.services.exporting import begin_export, write_export
from halkhata.records.imports.tests.conftest import finish

LIST = [["Name", "Mobile"], ["Karim", "01100000102"]]


def ask(user):
    return begin_export(actor=user, target="customers", file_format="csv")


def test_waiting_lists_of_one_person_are_limited_and_nobody_elses(shop, monkeypatch):
    monkeypatch.setattr(limits, "MOST_EXPORTS", 2)
    first, _second = ask(shop.owner), ask(shop.owner)
    with pytest.raises(Conflict) as caught:
        ask(shop.owner)
    assert caught.value.code == "too_many_exports"
    assert ExportRun.objects.count() == 2
    monkeypatch.setattr(limits, "MOST_EXPORTS", 1)
    shop.manager.role.permissions = [*shop.manager.role.permissions, "customer.export"]
    assert ask(shop.manager).created_by == shop.manager
    # One that is written waits no more.
    monkeypatch.setattr(limits, "MOST_EXPORTS", 2)
    write_export(first.pk)
    assert ask(shop.owner).state == "waiting"


def test_imports_at_work_are_limited_whichever_step_they_are_in(shop, bring, imported, monkeypatch):
    done, moving, waiting = imported(LIST), bring(LIST), bring(LIST)
    monkeypatch.setattr(limits, "MOST_IMPORTS", 1)
    begin_check(actor=shop.owner, run=moving)
    for step, run in ((begin_load, waiting), (begin_check, waiting), (begin_undo, done)):
        with pytest.raises(Conflict) as caught:
            step(actor=shop.owner, run=run)
        assert caught.value.code == "too_many_imports"
    assert sorted(ImportRun.objects.values_list("state", flat=True)) == ["checking", "done", "uploaded"]
    finish(moving)
    begin_undo(actor=shop.owner, run=done)


def test_what_was_typed_into_the_notebook_stays_when_too_much_is_at_work(shop, client_as, bring, monkeypatch):
    monkeypatch.setattr(limits, "MOST_IMPORTS", 1)
    begin_check(actor=shop.owner, run=bring(LIST))
    answer = client_as(shop.owner).post(
        "/imports/notebook/", {"rows": "3", "name_0": "Salma", "phone_0": "01100000109"}
    )
    words = answer.content.decode()
    assert (answer.status_code, "Salma" in words, "1 of your imports are at work" in words) == (409, True, True)
    assert ImportRun.objects.count() == 1


def at_once(user, monkeypatch, meet):
    """Four ask at the same moment. Returns how many lists wait."""
    real = limits.refuse_too_many_exports

    def refuse(actor):
        real(actor)
        meet()

    monkeypatch.setattr(exporting, "refuse_too_many_exports", refuse)

    def one():
        try:
            ask(user)
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ExportRun.objects.count()


@pytest.mark.django_db(transaction=True)
def test_four_at_once_get_one_list_where_one_may_wait(shop, monkeypatch):
    monkeypatch.setattr(limits, "MOST_EXPORTS", 1)
    assert at_once(shop.owner, monkeypatch, threading.Event().is_set) == 1


@pytest.mark.django_db(transaction=True)
def test_the_twin_without_lock_and_transaction_gets_four(shop, monkeypatch):
    monkeypatch.setattr(limits, "MOST_EXPORTS", 1)
    monkeypatch.setattr(limits, "lock_values", lambda values: None)
    monkeypatch.setattr(exporting, "transaction", SimpleNamespace(atomic=_no_transaction))
    monkeypatch.setattr(exporting.trail, "record", lambda **values: None)
    gate = threading.Barrier(4)
    assert at_once(shop.owner, monkeypatch, lambda: gate.wait(timeout=20)) == 4


class _no_transaction:
    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False
