"""News of a piece of work for its customer: by mail where there is an address, else a short text to the phone (B.1)."""

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import Installation
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of
from halkhata.records.customers.choices import ContactKind
from halkhata.records.privacy.selectors.erased import is_erased

MOST_LETTERS = 400


def tell(item: WorkItem, code: TemplateCode, *, cause: str, text: str, promise: str = "", link: str = "") -> bool:
    """Tell the customer once for ``cause``; returns whether there was any way to. ``text`` is in their language."""
    if item.customer is None or is_erased(item.customer_id) or not is_wanted(code, item.team):
        return False
    language = language_of(item)
    if has_address(item):
        send_automatic(
            item=item, code=code, cause=cause, context={"text": text, "promise": promise, "link": link},
            language=language,
        )  # fmt: skip
        return True
    phones = item.customer.contact_points.filter(kind=ContactKind.PHONE)
    phone = phones.order_by("-is_reachable", "-is_primary", "pk").first()
    if phone is None:
        return False
    install = Installation.current()
    number = format_ref(item.number, language="bn" if language == "bn" else "en", digits=install.digits_in(language))
    words = " ".join(part for part in (f"{number}:", text, promise, link, install.name) if part)
    prepare_text(
        item=item, channel=TextChannel.SMS, to_address=phone.value, text=words[:MOST_LETTERS], cause=f"{cause}:sms",
        language=language,
    )  # fmt: skip
    return True
