"""The gate on the road of every SMS that offers or asks: the six checks, letters, the country's hours, how many a day
(B.4, E.5, E.6, E.14).

Asked when a text is prepared and again when it is sent, whoever prepared it. Codes and news about a matter of the
customer's own do not come here. What the customer said, and a stop, count before everything else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.contact_rules import contact_rules
from halkhata.engines.messaging.selectors.texting import own_prayer_times, prayer_spans, texting_settings
from halkhata.engines.messaging.services.send_checks import Contact, Gate, ask_all
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose, TextRule, TextState
from halkhata.engines.messaging.texting.hours import Window, next_open
from halkhata.engines.messaging.texting.script import share_of
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_in
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.country_packs.texting import TextingRules, texting_rules
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.selectors.family import family_of, survivor_id
from halkhata.records.privacy.selectors.hours import Clock, clock_of, phone_country

_PURPOSES = {
    TextPurpose.OFFER: Purpose.MARKETING,
    TextPurpose.SURVEY: Purpose.SURVEY,
    TextPurpose.RENEW: Purpose.MARKETING,
}
# What went, or may have gone, counts.
_WENT = (TextState.SENT, TextState.DELIVERED, TextState.BY_HAND, TextState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Answer:
    """``rule`` says why not, ``go_at`` when it may; both empty when it may go. ``clock`` and ``rules`` say by what."""

    gate: Gate
    rule: TextRule = TextRule.NONE
    go_at: datetime | None = None
    clock: Clock | None = None
    rules: TextingRules | None = None

    @property
    def words(self) -> Any:
        """The reason in the reader's language; "" when there is none."""
        return self.rule.label if self.rule else ""


def locks_of(message: TextMessage) -> list[str]:
    """What is locked while the messages of a customer and the offers of a number are counted: two senders must not both
    find room for one more."""
    whose = message.whose
    return [f"offer:{message.to_address}", f"contact:{survivor_id(whose) if whose else message.to_address}"]


def rules_for(phone: str, at: datetime) -> TextingRules:
    """The rules of the country of a number, as they are at an instant on its own calendar."""
    country = phone_country(phone) or Installation.current().country
    zones = clock_of(None, phone=phone).zones
    return texting_rules(country, day_in(zones[0], at))


def written_as_asked(text: str, rules: TextingRules) -> bool:
    """Whether an offer is in the letters that the country asks for. The shop's and the sender's name may be others."""
    if not rules.script:
        return True
    install, settings = Installation.current(), texting_settings()
    names = (install.shop_name, install.shop_name_bn, install.shop_name_en, settings.sender_name)
    return share_of(rules.script, text, names=names) >= rules.least_percent


def ask_gate(
    *,
    text: str,
    phone: str,
    customer_id: int | None,
    branch: Branch | None,
    purpose: str = TextPurpose.OFFER,
    at: datetime | None = None,
    apart_from: int | None = None,
) -> Answer:
    """Whether a text that offers or asks may go to a number (E.164) now, goes later, or not at all.

    ``apart_from`` is the text itself, which does not count among those of the day.
    """
    moment = at or now()
    if not phone.startswith("+"):
        return Answer(Gate.REFUSE, TextRule.NO_NUMBER)
    rules, clock, kind = rules_for(phone, moment), clock_of(customer_id, phone=phone), TextPurpose(purpose)
    shop = contact_rules()
    window = replace(window_for(rules, clock, branch), quiet=shop.quiet)
    verdict = ask_all(
        Contact(
            purpose=_PURPOSES[kind], channel=ContactChannel.SMS.value, at=moment, clock=clock, window=window,
            ids=tuple(family_of(customer_id)) if customer_id else (), address=phone, a_week=shop.a_week,
            # Who has bought it from us may be asked whether it goes on, until they say no to offers.
            until_no=kind == TextPurpose.RENEW,
        )
    )  # fmt: skip
    if verdict.gate == Gate.REFUSE:
        return Answer(Gate.REFUSE, TextRule(verdict.reason), None, clock, rules)
    if kind == TextPurpose.OFFER:
        if not written_as_asked(text, rules):
            return Answer(Gate.REFUSE, TextRule.SCRIPT, None, clock, rules)
        if full := _is_full(phone, rules, clock, moment, apart_from):
            go_at = next_open(_next_day(moment, clock), clock.zones, window)
            if go_at is None:
                return Answer(Gate.REFUSE, TextRule.NO_HOUR, None, clock, rules)
            return Answer(Gate.HOLD, full, go_at, clock, rules)
    return Answer(verdict.gate, TextRule(verdict.reason), verdict.go_at, clock, rules)


def ask_for(message: TextMessage, at: datetime | None = None) -> Answer:
    """The same for a text that is written down."""
    return ask_gate(
        text=message.text,
        phone=message.to_address if message.channel == TextChannel.SMS else "",
        customer_id=message.whose,
        branch=message.branch,
        purpose=message.purpose,
        at=at,
        apart_from=message.pk,
    )


def window_for(rules: TextingRules, clock: Clock, branch: Branch | None) -> Window:
    """When offers may arrive: the shop's hours or the country's, the customer's wish, never at night or prayer."""
    hours = texting_settings().hours or rules.hours
    prayers, friday = rules.prayers, rules.friday
    # Only where the country asks to leave prayer times alone: a branch says when they are, not whether.
    own = own_prayer_times(branch) if prayers else None
    if own is not None:
        prayers, friday = prayer_spans(own)
    return Window(open_in=hours, wish=clock.wish, never=rules.never, prayers=prayers, friday=friday)


def most_a_day(rules: TextingRules) -> int | None:
    """How many offers go to one number on one day; None for any number. The shop may only ask for fewer."""
    known = [number for number in (rules.a_day, texting_settings().a_day) if number is not None]
    return min(known) if known else None


def _is_full(phone: str, rules: TextingRules, clock: Clock, at: datetime, apart_from: int | None) -> TextRule:
    """Which limit the number has reached on its own calendar: that of the day, or of seven days with this one."""
    end = _next_day(at, clock)
    limits = ((TextRule.DAY_LIMIT, most_a_day(rules), 0), (TextRule.WEEK_LIMIT, texting_settings().a_week, -6))
    for rule, most, since in limits:
        if most is None:
            continue
        start = _next_day(at, clock, days=since)
        went = Q(state__in=_WENT, settled_at__gte=start, settled_at__lt=end) | Q(state=TextState.SENDING)
        offers = TextMessage.objects.filter(went, to_address=phone, purpose=TextPurpose.OFFER)
        if offers.exclude(pk=apart_from or 0).count() >= most:
            return rule
    return TextRule.NONE


def _next_day(at: datetime, clock: Clock, days: int = 1) -> datetime:
    """The beginning of the customer's own day, ``days`` after this one."""
    local = at.astimezone(ZoneInfo(clock.zones[0]))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=days)
    return midnight.replace(tzinfo=local.tzinfo).astimezone(at.tzinfo)
