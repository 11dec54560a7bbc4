"""What stands against taking a sale back: a return, an open job card."""

from typing import Any

import pytest

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.requesting import request_return
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.services.opening import open_job
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.records.catalog.models import Purchase, Unit
from halkhata.records.catalog.services.purchases import reverse_purchase
from halkhata.records.catalog.tests.conftest import catalog, rahima, sold

__all__ = ["catalog", "rahima", "sold"]


def test_open_job_stands_against_it(catalog: Any, sold: Any, rahima: Any) -> None:
    owner = catalog.shop.owner
    job = open_job(actor=owner, unit=sold, customer=rahima, branch=catalog.branch, complaint="Does not cool")
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=owner, purchase=Purchase.objects.get(), reason="Wrong")
    assert (refused.value.code, refused.value.data["number"]) == ("open_job", job.number)
    assert Unit.objects.get().state == "sold"
    ServiceJob.objects.filter(pk=job.pk).update(state_flag="resolved", resolved_at=now())
    reverse_purchase(actor=owner, purchase=Purchase.objects.get(), reason="Wrong")
    assert Unit.objects.get().state == "in_stock"


def test_return_stands_against_it(catalog: Any, sold: Any) -> None:
    owner = catalog.shop.owner
    purchase = Purchase.objects.get()
    request = request_return(
        actor=owner, purchase_line=purchase.lines.get(), unit=sold, reason_code="defect", note="Dead", wish="refund",
        channel="counter", against_rules=True,
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        reverse_purchase(actor=owner, purchase=purchase, reason="Wrong")
    assert (refused.value.code, refused.value.data["number"]) == ("return_stands", request.number)
    ReturnRequest.objects.update(held_quantity=0)
    reverse_purchase(actor=owner, purchase=purchase, reason="Wrong")
    assert Purchase.objects.get().is_reversed
