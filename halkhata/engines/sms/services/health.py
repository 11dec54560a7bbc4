"""Writing down whether a gateway works. The first failure of those that go on keeps its time."""

from django.db.models import Value
from django.db.models.functions import Coalesce

from halkhata.engines.sms.choices import OF_THE_GATEWAY
from halkhata.engines.sms.models import Gateway
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text


def note_works(gateway_id: int) -> None:
    """It took a text or answered a question."""
    Gateway.objects.filter(pk=gateway_id).update(last_ok_at=now(), last_fault="", last_said="", failing_since=None)


def note_fault(gateway_id: int, *, fault: str, said: str) -> None:
    """It failed. What lies with one text says nothing of the gateway: it has answered."""
    if fault not in OF_THE_GATEWAY:
        note_works(gateway_id)
        return
    Gateway.objects.filter(pk=gateway_id).update(
        last_fault=fault, last_said=clean_text(said, max_length=300),
        failing_since=Coalesce("failing_since", Value(now())),
    )  # fmt: skip
