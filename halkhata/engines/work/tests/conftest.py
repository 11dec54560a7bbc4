"""What the tests of the work engine share: a kind of ticket of their own, and items to play with."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import translation

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import ItemKind, item_kinds
from halkhata.engines.work.services.items import new_item_values, open_item

DHAKA = ZoneInfo("Asia/Dhaka")
# A Sunday, an hour after the shop opens.
SUNDAY_TEN = datetime(2026, 11, 22, 10, 0, tzinfo=DHAKA)


@pytest.fixture(autouse=True)
def test_kind() -> Iterator[None]:
    """A kind of work that stands for any desk's."""
    kind = ItemKind(
        code="test_case",
        label="Test case",
        icon="ticket",
        prefix="X",
        url_name="work:item",
        states=(("new", "New"), ("open", "Open"), ("waiting_customer", "Waiting"), ("resolved", "Resolved")),
        category_of=lambda item: "fridge" if "fridge" in item.subject.lower() else "",
    )
    item_kinds._entries["test_case"] = kind
    yield
    item_kinds._entries.pop("test_case", None)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English; pages set their own language."""
    with translation.override("en"):
        yield


@pytest.fixture
def frozen() -> Iterator[Any]:
    """Time stands still on that Sunday until the test moves it."""
    with time_machine.travel(SUNDAY_TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def make_item(shop: Any) -> Callable[..., WorkItem]:
    """``make_item(subject="…", priority="high", …)``: an opened item of the test shop."""

    def make(subject: str = "Fan does not turn", **fields: Any) -> WorkItem:
        actor = fields.pop("actor", None)
        values: dict[str, Any] = {
            "kind": "test_case",
            "customer": None,
            "branch": shop.branch,
            "team": shop.team,
            "channel": "phone",
            **fields,
        }
        with transaction.atomic():
            item = WorkItem.objects.create(**new_item_values(actor=actor, subject=subject, **values))
            open_item(actor=actor, item=item)
        return item

    return make


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


FLAGS = {
    "open": StateFlag.OPEN,
    "waiting_customer": StateFlag.PAUSED,
    "resolved": StateFlag.RESOLVED,
    "closed": StateFlag.RESOLVED,
}
