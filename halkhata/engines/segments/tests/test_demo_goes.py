"""What somebody set up while trying the demo out goes with it; a real shop keeps what is its own."""

import pytest

from halkhata.engines.segments.models import Segment
from halkhata.engines.segments.registrations import clear_demo as clear_segments
from halkhata.engines.segments.services.segments import save_segment
from halkhata.foundation.accounts.models import User
from halkhata.foundation.fields.models import FieldDefinition, SchemaStamp
from halkhata.foundation.fields.registrations import clear_demo as clear_fields
from halkhata.foundation.fields.services.definitions import save_definition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("somebody_real", "left"), [(False, 0), (True, 1)])
def test_demo_takes_its_fields_and_segments_along(shop, somebody_real, left):
    User.objects.update(is_demo=True)
    if somebody_real:
        User.objects.filter(pk=shop.agent.pk).update(is_demo=False)
    shop.owner.refresh_from_db()
    save_definition(actor=shop.owner, target="customer", kind="text", name_en="Trade")
    save_segment(actor=shop.owner, name_en="S", conditions={"field": "own:trade", "op": "filled"})
    clear_segments()
    clear_fields()
    assert Segment.objects.count() == 0
    assert FieldDefinition.objects.count() == left
    assert SchemaStamp.objects.count() == left
