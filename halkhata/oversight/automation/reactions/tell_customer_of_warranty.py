"""A unit was sold at the counter or by another program -> the buyer has the link to its warranty (US-06 AC 1)."""

from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.reactions.tell_customer_of_registration import answer_to
from halkhata.records.catalog.events import UnitSold
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.choices import ContactKind
from halkhata.records.privacy.selectors.erased import is_erased


@on(UnitSold)
def tell_customer_of_warranty(event: UnitSold) -> None:
    """Once per sale and unit, by SMS; nobody hears of old sales that come in with a list.

    Nothing where the sale was reversed or the unit handed on meanwhile, and where nothing of it is in warranty.
    """
    if event.channel == "import":
        return
    unit = Unit.objects.select_related("owner").filter(pk=event.unit_id, owner_id=event.customer_id).first()
    if unit is None or unit.owner is None or unit.is_demo or is_erased(unit.owner_id):
        return
    row = unit.registrations.filter(key=f"sale:{event.purchase_id}:{unit.pk}", state="verified").first()
    phones = unit.owner.contact_points.filter(kind=ContactKind.PHONE)
    phone = phones.order_by("-is_reachable", "-is_primary", "pk").first()
    if row is None or phone is None or not unit.covers.live().exists():
        return
    prepare_text(
        customer=unit.owner, channel=TextChannel.SMS, to_address=phone.value, text=answer_to(row, unit.owner.language),
        language=unit.owner.language, cause=f"warranty:sold:{event.purchase_id}:{unit.pk}",
    )  # fmt: skip
