"""What a text would come to, and what the gate would say: read only."""

from dataclasses import dataclass

from halkhata.engines.messaging.selectors.texting import Measured, measure, texting_settings
from halkhata.engines.messaging.services.text_gate import Answer, Gate, ask_gate, most_a_day, rules_for
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextRule
from halkhata.engines.messaging.texting.script import share_of
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import parse_phone
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.choices import Purpose
from halkhata.records.privacy.selectors.hours import clock_of
from halkhata.records.privacy.services.contacting import may_contact


@dataclass(frozen=True, slots=True)
class Trial:
    """``customer`` is whom the number belongs to, as far as the user sees them. ``share``: percent of the letters that
    are in the country's alphabet."""

    phone: str
    customer: Customer | None
    measured: Measured
    answer: Answer
    share: int | None
    most_a_day: int | None

    @property
    def several_zones(self) -> bool:
        """Whether only a country of several zones is known of the customer."""
        return self.answer.clock is not None and len(self.answer.clock.zones) > 1


def try_text(*, user: User, typed: str, purpose: str, text: str) -> Trial:
    """Ask the gate without sending. Raises PhoneError at "number"."""
    install, at = Installation.current(), now()
    phone = parse_phone(typed, region=install.country).e164
    owner = _owner_of(user, phone)
    measured = measure(text, texting_settings())
    rules, clock = rules_for(phone, at), clock_of(owner.pk if owner else None, phone=phone)
    customer_id = owner.pk if owner else None
    if purpose == TextPurpose.OFFER:
        branch = owner.branch if owner and owner.branch else user.branch
        answer = ask_gate(text=measured.text, phone=phone, customer_id=customer_id, branch=branch, at=at)
        names = (install.shop_name, install.shop_name_bn, install.shop_name_en)
        share = share_of(rules.script, measured.text, names=names) if rules.script else None
        return Trial(phone, owner, measured, answer, share, most_a_day(rules))
    may = may_contact(customer_id, Purpose.SERVICE, TextChannel.SMS, at, address=phone)
    gate, rule = (Gate.GO, TextRule.NONE) if may else (Gate.REFUSE, TextRule(may.refusal.value))
    return Trial(phone, owner, measured, Answer(gate, rule, None, clock, rules), None, None)


def _owner_of(user: User, phone: str) -> Customer | None:
    points = ContactPoint.objects.filter(
        kind=ContactKind.PHONE, value=phone, customer__in=Customer.objects.visible_to(user)
    )
    point = (
        points.select_related("customer__branch", "customer__merged_into__branch").order_by("-is_owner", "id").first()
    )
    return (point.customer.merged_into or point.customer) if point and point.customer else None
