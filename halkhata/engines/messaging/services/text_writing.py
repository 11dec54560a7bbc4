"""One short text that a person writes about one item (US-25)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.text_gate import Gate, ask_gate
from halkhata.engines.messaging.services.texting_settings import refuse_words
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextRule
from halkhata.engines.messaging.text_policies import require_texts
from halkhata.engines.messaging.texting.segments import sms_form
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint
from halkhata.records.privacy.selectors.hours import phone_country


def numbers_of(item: WorkItem) -> list[ContactPoint]:
    """The phone numbers of the item's customer: those that reach somebody first."""
    if item.customer_id is None:
        return []
    points = ContactPoint.objects.filter(customer_id=item.customer_id, kind=ContactKind.PHONE)
    return list(points.order_by("-is_reachable", "-is_primary", "id"))


def write_text(*, actor: User, item: WorkItem, number: str, purpose: str, text: str, key: str) -> TextMessage:
    """Prepare the text for one number of the item's customer. ``key`` comes with the form: a second press sends once.

    Raises PermissionRefused, NotFound, DomainError at "number" (not one of the customer's), "text" (empty, too long,
    letters) or "purpose" (the customer gets no offers).
    """
    require_texts(actor)
    if not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if purpose not in {TextPurpose.NOTICE, TextPurpose.OFFER}:
        raise DomainError("unknown", _("Please choose from the list."), field="purpose")
    if number not in {point.value for point in numbers_of(item)}:
        raise DomainError("not_theirs", _("This is no number of the customer's."), field="number")
    words = sms_form(text)
    if not words:
        raise DomainError("empty", _("Please fill this in."), field="text")
    refuse_words(text=words, purpose=purpose, country=phone_country(number) or Installation.current().country)
    cause = f"written:{item.pk}:{key}"
    with transaction.atomic():
        if TextMessage.objects.filter(cause=cause).exists():
            return TextMessage.objects.get(cause=cause)
        if purpose == TextPurpose.OFFER:
            answer = ask_gate(text=words, phone=number, customer_id=item.customer_id, branch=item.branch)
            if answer.gate == Gate.REFUSE:
                field = "number" if answer.rule == TextRule.STOPPED else "purpose"
                raise DomainError("refused", answer.words, field=field, rule=str(answer.rule))
        language = item.customer.language if item.customer else "bn"
        message = prepare_text(
            item=item, channel=TextChannel.SMS, to_address=number, text=words, cause=cause, purpose=purpose,
            language=language,
        )  # fmt: skip
        after = {"item": item.number, "purpose": purpose, "parts": message.segments}
        record(actor=actor, action="text.written", record=message, after=after)
    return message
