"""Loading the demo: the house, the people, twelve months told act by act, and today."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.tickets.models import Ticket
from halkhata.doors.cli.demo_data.cast import HEAD_OFFICE, SHOPS
from halkhata.doors.cli.demo_data.chronicle import Chronicle
from halkhata.doors.cli.demo_data.clearing import mark_what_hangs_on_demo
from halkhata.doors.cli.demo_data.episodes import plan_calls, plan_odd_mail, settle_rest, trouble_two_deliveries
from halkhata.doors.cli.demo_data.furnishing import House, furnish
from halkhata.doors.cli.demo_data.moon import lunar_years
from halkhata.doors.cli.demo_data.people import plan_people, write_people_down
from halkhata.doors.cli.demo_data.plot import RECENT, eid_closings, local_midnight, plan_tickets
from halkhata.doors.cli.demo_data.scenes.booked_visits import book_visits
from halkhata.doors.cli.demo_data.scenes.chats import chat_by_whatsapp
from halkhata.doors.cli.demo_data.scenes.company_claims import claim_from_companies
from halkhata.doors.cli.demo_data.scenes.disputes import argue
from halkhata.doors.cli.demo_data.scenes.returned_goods import give_things_back
from halkhata.doors.cli.demo_data.scenes.sent_parcels import send_parcels
from halkhata.doors.cli.demo_data.scenes.service_calls import call_about_service
from halkhata.doors.cli.demo_data.scenes.service_jobs import take_units_in
from halkhata.doors.cli.demo_data.scenes.sold_units import sell_units
from halkhata.doors.cli.demo_data.scenes.warranties import tell_of_warranties
from halkhata.doors.cli.demo_data.schooling import hold_courses
from halkhata.doors.cli.demo_data.sign_ins import write_sign_ins
from halkhata.doors.cli.demo_data.stage import Stage
from halkhata.doors.cli.demo_data.telling import Teller
from halkhata.engines.messaging.models import Conversation, Delivery, InboundRaw, Message
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import moved_to
from halkhata.foundation.core.clock import now as clock_now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.oversight.standards.selectors.versions import today_in_shop
from halkhata.oversight.standards.services.publishing import publish_standards
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

SEED = 1432
YEAR = timedelta(days=365)
# Notices older than this have been read.
UNREAD = timedelta(hours=20)


def load_demo(now: datetime | None = None) -> dict[str, Any]:
    """Fill an install that has no customers and no tickets yet with the invented shops. Returns what was made.

    ``now`` is the end of the story (default: this moment); the same ``now`` tells the same story, but for the random
    password, survey tokens and Message-IDs. Raises DomainError ``demo_loaded`` or ``not_empty``. All or nothing.
    """
    end = now or clock_now()
    with transaction.atomic(), translation.override("bn"):
        _refuse_if_used()
        # Before the first act: it remembers which events and jobs were there already.
        stage = Stage(now=end, live_from=end - RECENT)
        with moved_to(end - YEAR - timedelta(days=1)):
            house = furnish(end)
            publish_standards(actor=house.staff["malik"], effective_on=today_in_shop())
        hold_courses(house, end)
        teller = _tell(house, stage)
        with moved_to(end):
            trouble_two_deliveries()
            settle_rest(teller, end)
            chat_by_whatsapp(now=end)
            _tidy(end)
            _note_install(house, end)
        counts = _counts()
    users = list(house.staff.values())
    counts["sign_ins"] = [entry["username"] for entry in write_sign_ins(users, house.password)]
    counts["password"] = house.password
    return counts


def _refuse_if_used() -> None:
    if Installation.current().demo_loaded_at is not None or User.objects.filter(is_demo=True).exists():
        raise DomainError("demo_loaded", _("The demo data is here already."))
    if Customer.objects.exists() or WorkItem.objects.exists():
        raise DomainError(
            "not_empty", _("There are customers or tickets here already. The demo comes only into an empty shop.")
        )


def _tell(house: House, stage: Stage) -> Teller:
    now = stage.now
    dice = Random(SEED)  # noqa: S311 - a story, no secret
    plans = plan_people(dice, now)
    teams = {shop.code: house.team_for(shop.code, "") for shop in SHOPS if shop.trades}
    with moved_to(now - YEAR):
        people = write_people_down(plans, house.branches, teams)
    by_key = {plan.part or str(number): plan for number, plan in enumerate(plans)}
    buyers = [(plan.shop, people[key]) for key, plan in by_key.items()]
    sell_units(branches=house.branches, staff=house.staff, people=buyers, now=now)
    tell_of_warranties(branches=house.branches, staff=house.staff, now=now)
    give_things_back(branches=house.branches, now=now)
    take_units_in(branches=house.branches, staff=house.staff, now=now)
    claim_from_companies(branches=house.branches, now=now)
    book_visits(staff=house.staff, now=now)
    send_parcels(staff=house.staff, now=now)
    call_about_service(branches=house.branches, staff=house.staff, now=now)
    calendars = {code: calendar_for_branch(branch) for code, branch in house.branches.items()}
    feasts = [
        local_midnight(days[0])
        for year in lunar_years((now - YEAR).date(), now.date())
        for days in (year.eid_ul_fitr, year.eid_ul_azha)
    ]
    eid = eid_closings(now, calendars["demo-bogura"], feasts)
    teller = Teller(house=house, people=people, stage=stage, dice=dice)
    tickets = plan_tickets(dice, now, by_key, calendars, eid)
    over = [plan for plan in tickets if plan.ended_at is not None and plan.ended_at < stage.live_from]
    # At an hour of the story: the stage throws away what is published then, and no worker hears of it afterwards.
    with moved_to(stage.live_from):
        Chronicle(house=house, people=people, now=now, dice=dice).write(over)
    for plan in tickets:
        if plan not in over:
            teller.tell(plan)
    plan_calls(teller, now)
    plan_odd_mail(teller, now)
    argue(branches=house.branches, staff=house.staff, now=now)
    stage.play()
    return teller


def _tidy(now: datetime) -> None:
    """What the database stamped with the hour of loading gets the hour of the story; old notices have been read."""
    for conversation in Conversation.objects.filter(item__is_demo=True).annotate(first=Min("messages__at")):
        if conversation.first is not None:
            Conversation.objects.filter(pk=conversation.pk).update(created_at=conversation.first)
    mark_what_hangs_on_demo()
    User.objects.filter(is_demo=True).update(created_at=now - YEAR)
    notices = Notification.objects.filter(user__is_demo=True)
    notices.update(is_demo=True)
    notices.filter(at__lt=now - UNREAD).update(read_at=now - UNREAD)


def _note_install(house: House, now: datetime) -> None:
    """Say that the demo is here; without a set-up before, it also counts as one."""
    install, _made = Installation.objects.get_or_create(pk=1)
    if install.set_up_at is None:
        head = house.branches[HEAD_OFFICE]
        install.shop_name = install.shop_name_bn = head.name_bn
        install.shop_name_en = head.name_en
        install.set_up_at = now
    install.demo_loaded_at = now
    install.save()


def _counts() -> dict[str, Any]:
    tickets = Ticket.objects.filter(is_demo=True)
    return {
        "customers": Customer.objects.filter(is_demo=True).count(),
        "units": Unit.objects.filter(is_demo=True).count(),
        "tickets": tickets.count(),
        "open_tickets": tickets.exclude(state_flag="resolved").count(),
        "follow_ups": WorkItem.objects.filter(is_demo=True, kind="follow_up").count(),
        "recovery_items": WorkItem.objects.filter(is_demo=True, kind="recovery").count(),
        "messages": Message.objects.filter(conversation__item__is_demo=True).count(),
        "mails_received": InboundRaw.objects.filter(is_demo=True).count(),
        "deliveries_blocked": Delivery.objects.filter(is_demo=True, state="blocked").count(),
        "survey_answers": SurveyResponse.objects.filter(invitation__is_demo=True).count(),
    }
