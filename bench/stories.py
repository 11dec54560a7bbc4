"""What happens with one customer, a bought unit and two tickets, told through the services as staff would do it.

Each story becomes a mould from which the generator casts thousands of customers. A "done" story has ended well before
the reference time; an "open" one still has its second ticket on the table then.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench.goods import price_of
from bench.ground import Shop

# Stand-ins of a mould's own customer. The generator finds them again in every text, so nothing else may look like them.
NAME_BN, NAME_EN = "ছাঁচমুখ ছাঁচনাম", "Zqmould Zqname"
SERIAL = "ZQXS{:05d}"

FRIDAY = 4
DISTRICTS = ("Rajshahi", "Bogura", "Natore", "Naogaon", "Pabna", "Sirajganj", "Khulna", "Barishal", "Sylhet", "Rangpur")
TROUBLES: tuple[tuple[str, str], ...] = (
    ("Refrigerator does not cool", "It runs all day and the milk is warm in the evening. The door closes well."),
    ("ফ্রিজ ঠান্ডা হয় না", "তিন দিন ধরে ফ্রিজ চলছে কিন্তু ঠান্ডা হচ্ছে না। ভেতরের আলো জ্বলে।"),
    ("Bill is higher than agreed", "We agreed on twelve instalments; the paper says fourteen. Please look."),
    ("টিভিতে দাগ দেখা যায়", "পর্দার ডান পাশে লম্বা দাগ, গতকাল থেকে বেশি।"),
    ("Washing machine shakes", "While spinning it walks through the room. The floor is level."),
    ("কিস্তির রসিদ পাইনি", "গত মাসের কিস্তি দিয়েছি, রসিদ এখনো পাইনি।"),
    ("Fan makes a noise", "A knocking sound at the third step, since the last service."),
    ("সার্ভিসের লোক আসেনি", "গতকাল বিকেলে আসার কথা ছিল, কেউ আসেনি, ফোনও করেনি।"),
)
ANSWERS = (
    "Thank you for telling us. Our technician looks at it tomorrow before noon and calls you before he leaves.",
    "ধন্যবাদ। আমাদের কারিগর কাল সকালে যাবেন, যাওয়ার আগে ফোন করবেন।",
    "We have ordered the part. It should be here within three working days; we call you when it is.",
)
NOTES = (
    "Memo checked, warranty runs until next June.",
    "কারিগর বলেছেন কম্প্রেসর বদলাতে হবে।",
    "Customer prefers calls after five.",
)
# What is wrong, what is found, the part that is changed.
REPAIRS: tuple[tuple[str, str, str], ...] = (
    ("চালু হচ্ছে না, গত রাত থেকে।", "সুইচ পোড়া", "সুইচ"),
    ("It makes a noise when it starts.", "Bearing worn", "Bearing"),
    ("মাঝে মাঝে বন্ধ হয়ে যায়।", "সেন্সর নষ্ট", "সেন্সর"),
    ("It stops after some minutes.", "Loose wire at the board", "Wire"),
)
REPAIRED = 0.25
CHANNELS = ("phone", "phone", "phone", "counter", "counter", "web_form", "email", "email")


class Teller:
    """Moves the clock through one story, with the sweeps and the worker that run beside a living shop."""

    def __init__(self, shop: Shop, dice: random.Random, at: datetime, number: int) -> None:
        from halkhata.foundation.core.jobs.worker import Worker

        self.shop, self.dice, self.at = shop, dice, at
        self.branch = dice.randrange(len(shop.branches))
        own = [agent for agent in shop.agents if agent.branch_id == shop.branches[self.branch].pk]
        self.agent = dice.choice(own)
        self.worker = Worker(queues=["default"])
        self.slow = 1.0
        self.phone, self.address = f"0119999{number:04d}", f"zqmould.zq{number:04d}@example.com"
        self.serial = SERIAL.format(number)

    def act(self, what: Callable[[], Any]) -> Any:
        """Do something now, then let the worker deliver what it caused. Mail counts as sent at once."""
        from halkhata.engines.messaging.models import Delivery
        from halkhata.foundation.core.clock import moved_to

        with moved_to(self.at):
            result = what()
            while self.worker.work_once():
                pass
            Delivery.objects.filter(state="queued").update(state="sent", sent_at=self.at, attempts=1)
        return result

    def later(self, *, hours: float, until: datetime | None = None) -> bool:
        """Let time pass, sweeping what falls due. Returns False, at ``until``, when that comes first."""
        to = self.at + timedelta(
            hours=hours * self.slow * self.dice.uniform(0.7, 1.3), microseconds=self.dice.randrange(1_000_000)
        )
        ended = until is not None and to >= until
        to = until if until is not None and ended else to
        self._sweep(to)
        self.at = to
        return not ended

    def _sweep(self, to: datetime) -> None:
        from django.db.models import Min

        from halkhata.engines.work.models import SlaClock
        from halkhata.engines.work.services.promises import sweep_due

        while True:
            due = SlaClock.objects.aggregate(first=Min("next_check_at"))["first"]
            if due is None or due > to:
                return
            self.at = max(due, self.at)
            self.act(lambda: sweep_due(self.at))


def tell_done(shop: Shop, dice: random.Random, latest: datetime, number: int) -> None:
    """A customer both of whose tickets were closed before ``latest``."""
    teller = Teller(shop, dice, _shop_hour(dice, latest - timedelta(days=dice.uniform(70, 74))), number)
    customer = _arrive(teller)
    unit = _buy(teller, customer)
    _handle(teller, customer, until=None)
    teller.later(hours=24 * 14)
    teller.at = _shop_hour(dice, teller.at + timedelta(days=1))
    _bring(teller, unit)
    _handle(teller, customer, until=None)
    if teller.at > latest:
        raise RuntimeError("a story that should be over still runs")


def tell_open(shop: Shop, dice: random.Random, latest: datetime, number: int) -> None:
    """A customer whose second ticket is on the table at ``latest``, however far it has come by then."""
    teller = Teller(shop, dice, _shop_hour(dice, latest - timedelta(days=dice.uniform(56, 60))), number)
    customer = _arrive(teller)
    _buy(teller, customer)
    _handle(teller, customer, until=None)
    teller.later(hours=1, until=latest)
    # Opened between some minutes and a week ago; long ago is rarer, and has been slow.
    ago = timedelta(hours=min(170.0, dice.expovariate(1 / 20)), minutes=dice.uniform(1, 40))
    teller.slow = 1.0 + ago / timedelta(hours=3)
    teller.later(hours=10_000, until=latest - ago)
    _handle(teller, customer, until=latest)


def _shop_hour(dice: random.Random, day: datetime) -> datetime:
    """Some moment of that day between half past nine and five in Dhaka; a day later if it is a Friday."""
    day += timedelta(days=1 if day.weekday() == FRIDAY else 0)
    return day.replace(hour=3, minute=30, second=0, microsecond=0) + timedelta(seconds=dice.uniform(0, 7.5 * 3600))


def _arrive(teller: Teller) -> Any:
    from halkhata.records.customers.services.customers import create_customer

    dice = teller.dice
    kind = dice.random()
    return teller.act(
        lambda: create_customer(
            actor=teller.agent,
            name_bn=NAME_BN if kind < 0.7 else "",
            name_en=NAME_EN if kind > 0.5 else "",
            phones=[teller.phone],
            emails=[teller.address] if dice.random() < 0.25 else [],
            language="bn" if kind < 0.7 else "en",
            honorific=dice.choice(["", "", "apa", "bhai", "janab"]),
            address={"line": "12 Station Road", "district": dice.choice(DISTRICTS)} if dice.random() < 0.6 else None,
            created_at=teller.at,
        )
    )


def _buy(teller: Teller, customer: Any) -> Any:
    """One unit over the counter, with all that a sale writes: owner, warranty, registration, the ledger of goods."""
    from halkhata.records.catalog.days import day_of
    from halkhata.records.catalog.models import Product, Unit
    from halkhata.records.catalog.services.purchases import NewLine, record_purchase

    dice = teller.dice
    teller.later(hours=0.3)
    product = dice.choice(list(Product.objects.select_related("brand", "kind").order_by("pk")))
    letters = product.brand.name_en[:2].upper()
    numbers = {
        str(entry["code"]): f"{letters}{str(entry['code'])[0].upper()}{teller.serial}"
        for entry in product.kind.identifiers
    }
    line = NewLine(product=product, identifiers=numbers, unit_price=price_of(product))
    sale = teller.act(
        lambda: record_purchase(
            actor=teller.agent,
            customer=customer,
            branch=teller.shop.branches[teller.branch],
            lines=[line],
            bought_on=day_of(teller.at),
            memo=f"{dice.randrange(100, 9_999)}",
        )
    )
    return Unit.objects.select_related("product__kind", "owner").get(lines__purchase=sale)


def _bring(teller: Teller, unit: Any) -> None:
    """Some weeks later: one in four comes to the workshop; of the others, whatever has a meter is read."""
    from halkhata.records.catalog.days import day_of
    from halkhata.records.catalog.services.readings import add_reading

    dice = teller.dice
    if dice.random() < REPAIRED:
        _repair(teller, unit)
        teller.at = _shop_hour(dice, teller.at + timedelta(days=1))
    elif unit.product.kind.usage_unit:
        teller.act(
            lambda: add_reading(
                actor=teller.agent,
                unit=unit,
                value=dice.randrange(300, 1_200),
                read_on=day_of(teller.at),
                source="counter",
            )
        )


def _repair(teller: Teller, unit: Any) -> None:
    """A job card from the counter to the gate. Nobody pays the part, so no claim to the maker is left open by it."""
    from halkhata.desks.service.services.handing_over import hand_over
    from halkhata.desks.service.services.lines import add_line
    from halkhata.desks.service.services.opening import open_job
    from halkhata.desks.service.services.states import take_step
    from halkhata.engines.work.services.checklists import tick

    dice, agent = teller.dice, teller.agent
    words, found, part = dice.choice(REPAIRS)
    job = teller.act(
        lambda: open_job(
            actor=agent,
            unit=unit,
            customer=unit.owner,
            branch=teller.shop.branches[teller.branch],
            complaint=words,
            reading=dice.randrange(300, 1_200) if unit.product.kind.usage_unit else None,
            accessories=["Remote"] if dice.random() < 0.5 else [],
            team=teller.shop.teams[teller.branch],
            owner=agent,
            technician=agent,
        )
    )

    def step(state: str, **values: Any) -> None:
        teller.act(lambda: take_step(actor=agent, job=job, state=state, **values))

    teller.later(hours=2)
    step("diagnosed", diagnosis=found)
    teller.act(
        lambda: add_line(
            actor=agent, job=job, kind="part", text=part, payer="customer", rule="Too small to write a bill for"
        )
    )
    step("working")
    teller.later(hours=3)
    for line in job.checklist.filter(done_at__isnull=True):
        teller.act(lambda line=line: tick(actor=agent, line=line, done=True))
    step("tested")
    step("ready")
    teller.later(hours=20)
    who = str(unit.owner)
    teller.act(lambda: hand_over(actor=agent, job=job, how="signature", taken_by=who, typed_name=who))


def _handle(teller: Teller, customer: Any, *, until: datetime | None) -> None:
    """One ticket from the first word to its closing, or to ``until``."""
    from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
    from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket, reopen_ticket

    dice, agent = teller.dice, teller.agent
    ticket = _open(teller, customer)
    agent = ticket.owner
    has_address = customer.contact_points.filter(kind="email").exists()
    if not teller.later(hours=dice.choice([0.1, 0.3, 0.6, 3]), until=until):
        return

    def answer() -> Any:
        if has_address:
            return answer_ticket(actor=agent, ticket=ticket, text=dice.choice(ANSWERS), next_state="open")
        call = log_ticket_call(
            actor=agent,
            ticket=ticket,
            outbound=True,
            answered=True,
            text="Called back and explained what happens next.",
        )
        ticket.refresh_from_db()
        if ticket.state == "new":
            change_ticket_state(actor=agent, ticket=ticket, state="open")
        return call

    teller.act(answer)
    if dice.random() < 0.3:
        if not teller.later(hours=0.3, until=until):
            return
        teller.act(lambda: add_internal_note(actor=agent, ticket=ticket, text=dice.choice(NOTES)))
    if dice.random() < 0.12:
        if not teller.later(hours=1, until=until):
            return
        waiting = dice.choice(["waiting_customer", "waiting_manufacturer", "waiting_internal"])
        teller.act(lambda: change_ticket_state(actor=agent, ticket=ticket, state=waiting))
        if not teller.later(hours=20, until=until):
            return
        teller.act(lambda: _write_again(teller, ticket, customer, has_address))
        ticket.refresh_from_db()
        if ticket.state != "open":
            teller.act(lambda: change_ticket_state(actor=agent, ticket=ticket, state="open"))
        if not teller.later(hours=3, until=until):
            return
        teller.act(answer)
    if not teller.later(hours=dice.choice([0.5, 2, 4, 24]), until=until):
        return
    _resolve(teller, ticket, agent)
    if dice.random() < 0.03:
        if not teller.later(hours=30, until=until):
            return
        teller.act(lambda: reopen_ticket(actor=agent, ticket=ticket, by_customer=True))
        if not teller.later(hours=4, until=until):
            return
        teller.act(answer)
        if not teller.later(hours=5, until=until):
            return
        _resolve(teller, ticket, agent)
    if not teller.later(hours=24, until=until):
        return
    _rate(teller, ticket)
    if not teller.later(hours=24 * 3, until=until):
        return
    teller.act(lambda: _tick_all(agent, ticket))
    ticket.refresh_from_db()
    teller.act(lambda: close_ticket(actor=agent, ticket=ticket))


def _open(teller: Teller, customer: Any) -> Any:
    from halkhata.desks.tickets.models import Category
    from halkhata.desks.tickets.services.opening import open_ticket
    from halkhata.engines.messaging.services.conversations import add_customer_message

    dice = teller.dice
    subject, text = dice.choice(TROUBLES)
    channel = dice.choice(CHANNELS)
    address = customer.contact_points.filter(kind="email").values_list("value", flat=True).first() or ""
    if not address and channel in {"email", "web_form"}:
        channel = "phone"
    categories = list(Category.objects.filter(is_active=True).order_by("pk"))

    def told() -> Any:
        ticket = open_ticket(
            actor=None if channel in {"email", "web_form"} else teller.agent,
            kind=dice.choices(["complaint", "question", "request"], [4, 4, 2])[0],
            subject=subject,
            description=text,
            customer=customer,
            channel=channel,
            branch=teller.shop.branches[teller.branch],
            team=teller.shop.teams[teller.branch],
            category=dice.choice(categories) if categories and dice.random() < 0.8 else None,
            impact=dice.choices(["low", "medium", "high"], [3, 5, 2])[0],
            urgency=dice.choices(["low", "medium", "high"], [3, 5, 2])[0],
            serial=f"PM{dice.randrange(10**8):08d}" if dice.random() < 0.3 else "",
        )
        if channel in {"email", "web_form"}:
            add_customer_message(
                actor=None,
                item=ticket,
                channel=channel,
                text=text,
                full_text=text,
                subject=subject,
                from_address=address,
                author_label=str(customer),
                customer=customer,
                is_first=True,
            )
        return ticket

    ticket = teller.act(told)
    ticket.refresh_from_db()
    return ticket


def _write_again(teller: Teller, ticket: Any, customer: Any, has_address: bool) -> None:
    from halkhata.engines.messaging.services.conversations import add_customer_message

    add_customer_message(
        actor=None,
        item=ticket,
        channel="email" if has_address else "phone",
        text="Is there any news? We wait since Sunday.",
        from_address=teller.address if has_address else "",
        author_label=str(customer),
        customer=customer,
    )


def _resolve(teller: Teller, ticket: Any, agent: Any) -> None:
    from halkhata.desks.tickets.choices import Remedy, RootCause
    from halkhata.desks.tickets.models import Category
    from halkhata.desks.tickets.services.resolving import resolve_ticket

    dice = teller.dice
    category = ticket.category or Category.objects.order_by("pk").first()
    cause, remedy = dice.choice(RootCause.values), dice.choice(Remedy.values)
    ticket.refresh_from_db()
    teller.act(
        lambda: resolve_ticket(
            actor=agent,
            ticket=ticket,
            root_cause=cause,
            action="Part changed, tried for an hour in front of the customer.",
            remedy=remedy,
            told_at=teller.at,
            told_how="phone",
            category=category,
            delay_reason="staff_short",
        )
    )


def _rate(teller: Teller, ticket: Any) -> None:
    """One customer in four answers the question how it was. The link's secret exists nowhere, so the row is written."""
    from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse

    if teller.dice.random() < 0.25:
        invitation = SurveyInvitation.objects.filter(item_id=ticket.pk, response__isnull=True).first()
        if invitation is not None:
            score = teller.dice.choice([3, 4, 4, 5, 5])
            SurveyResponse.objects.create(invitation=invitation, score=score, answered_at=teller.at)


def _tick_all(agent: Any, ticket: Any) -> None:
    from halkhata.engines.work.services.checklists import tick

    for line in ticket.checklist.filter(done_at__isnull=True):
        tick(actor=agent, line=line, done=True)
