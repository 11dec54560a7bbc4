"""Files as people have them, and imports of them."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.apps import apps

from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.reading.sources import forget_reader
from halkhata.records.imports.services.beginning import begin_check, begin_load, begin_undo, receive_file, set_mapping
from halkhata.records.imports.services.stepping import work_on


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def digest_of_customers() -> str:
    """A digest of every row of every table of customers and organizations.

    Search keys without their ids: they are made of the rest, and made again.
    """
    digest = hashlib.sha256()
    for model in sorted(apps.get_app_config("customers").get_models(), key=lambda one: one._meta.label):
        digest.update(model._meta.label.encode())
        names = [field.attname for field in model._meta.concrete_fields]
        if model.__name__ in {"SearchKey", "OrganizationKey"}:
            names.remove("id")
        for row in sorted(map(repr, model._default_manager.values_list(*names))):
            digest.update(row.encode())
    return digest.hexdigest()


def finish(run: ImportRun) -> ImportRun:
    """Work until nothing is left to do."""
    while work_on(run.pk, seconds=0.0):
        pass
    run.refresh_from_db()
    return run


@pytest.fixture(autouse=True)
def no_open_file() -> Iterator[None]:
    """Each test begins without the file that another one left open: ids come again after a rollback."""
    yield
    forget_reader()


@pytest.fixture
def bring(shop) -> Callable[..., ImportRun]:
    """``bring(rows, known=…, shared=…)``: receive a file as the owner and say what its columns mean."""

    def receive(rows: Any, *, actor: Any = None, name: str = "list.csv", **options: Any) -> ImportRun:
        data = rows if isinstance(rows, bytes) else csv_bytes(rows)
        who = actor or shop.owner
        run = receive_file(actor=who, target="customers", name=name, chunks=[data])
        return set_mapping(
            actor=who, run=run, mapping={int(key): value for key, value in run.mapping.items()},
            options={**run.options, **options}, bijoy=run.layout["bijoy"],
        )  # fmt: skip

    return receive


@pytest.fixture
def tried(bring, shop) -> Callable[..., ImportRun]:
    """``tried(rows)``: the trial run, to its end."""
    return lambda rows, **options: finish(begin_check(actor=shop.owner, run=bring(rows, **options)))


@pytest.fixture
def imported(bring, shop) -> Callable[..., ImportRun]:
    """``imported(rows)``: the import, to its end."""
    return lambda rows, **options: finish(begin_load(actor=shop.owner, run=bring(rows, **options)))


@pytest.fixture
def undone(shop) -> Callable[[ImportRun], ImportRun]:
    """``undone(run)``: taken back, to its end."""
    return lambda run: finish(begin_undo(actor=shop.owner, run=run))
