"""What tests of chat stand on."""

from collections.abc import Iterator
from typing import Any

import pytest

from halkhata.engines.chat.models import ChatAccount
from halkhata.engines.chat.tests.fake_meta import FakeMeta
from halkhata.engines.chat.tests.hooks import make_account


@pytest.fixture
def meta(settings: Any) -> Iterator[FakeMeta]:
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server = FakeMeta()
    yield server
    server.stop()


@pytest.fixture
def whatsapp(shop: Any, meta: FakeMeta) -> ChatAccount:
    return make_account(shop, url=meta.url)


@pytest.fixture
def messenger(shop: Any, meta: FakeMeta) -> ChatAccount:
    return make_account(shop, kind="messenger", url=meta.url)
