"""What the service desk tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.booking_registrations import register_bookings
from halkhata.desks.service.choices import KIND, SIDE_OF_STATE, JobState
from halkhata.desks.service.models import JobBooking, JobPhoto, ServiceJob
from halkhata.desks.service.selectors.costs import costs_of_jobs
from halkhata.desks.service.selectors.jobs import find_jobs, jobs_of_customer, jobs_of_unit
from halkhata.desks.service.services.defaults import prepare_desk
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import ItemKind, Made, item_kinds, notification_sentences
from halkhata.engines.work.selectors.item_facts import made_by
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    ReportPage,
    SettingsPage,
    demo_clearers,
    navigation,
    report_pages,
    settings_pages,
    setup_steps,
)
from halkhata.foundation.core.templatetags.halkhata import localdate, num, ref
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import (
    UnitAction,
    UnitPanel,
    item_units,
    life_icons,
    life_sentences,
    unit_actions,
    unit_panels,
)
from halkhata.records.catalog.selectors.products import kind_choices
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerAction,
    CustomerPanel,
    SearchHit,
    SearchSource,
    customer_actions,
    customer_panels,
    search_sources,
    timeline_icons,
    timeline_sentences,
)

SHOWN = 5


def register_all() -> None:
    """Fill the registries."""
    item_kinds.register(
        KIND,
        ItemKind(
            code=KIND, label=_("Job card"), icon="tool", prefix="J", url_name="service:detail",
            states=tuple((state.value, state.label) for state in JobState), category_of=category_code,
            products_of=products_of_jobs, costs_of=costs_of_jobs, categories=kind_choices, sides=SIDE_OF_STATE,
        ),
    )  # fmt: skip
    report_pages.register(
        "service.turnaround",
        ReportPage(
            label=_("Turn-around"),
            question=_("How long repairs take, by kind of product and branch, and whose time it was"),
            url_name="service:turnaround", icon="tool", permissions=("report.view", "job.view"), order=20,
        ),
    )  # fmt: skip
    navigation.register(
        "service",
        NavItem(
            label=_("Job cards"),
            url_name="service:board",
            icon="tool",
            section="after_sale",
            order=34,
            permission="job.view",
        ),
    )
    settings_pages.register(
        "service.rules",
        SettingsPage(
            label=_("Rules of the service desk"),
            description=_("Which steps customers are told, how long an estimate holds, the buffer of promised times"),
            icon="tool", url_name="service:rules", order=82, permission="settings.edit",
        ),
    )  # fmt: skip
    setup_steps.register("service", prepare_desk)
    demo_clearers.register("service", DemoClearer(order=28, clear=clear_demo))
    search_sources.register(
        "service", SearchSource(label=_("Job cards"), icon="tool", order=25, permission="job.view", find=job_hits)
    )
    customer_panels.register(
        "service",
        CustomerPanel(
            order=12, template="service/customer_panel.html", context=customer_panel, permission="job.view",
            column="main", later=True,
        ),
    )  # fmt: skip
    customer_actions.register(
        "service",
        CustomerAction(
            order=35, label=_("Take in for service"), icon="tool", url_name="service:new", permission="job.create"
        ),
    )
    unit_panels.register(
        "service",
        UnitPanel(
            order=20, template="service/unit_panel.html", context=unit_panel, permission="job.view", column="main",
            later=True,
        ),
    )  # fmt: skip
    unit_actions.register(
        "service",
        UnitAction(
            order=20,
            label=_("Take in for service"),
            icon="tool",
            url_name="service:new",
            permission="job.create",
            primary=True,
        ),
    )
    item_units.register("service", units_of_jobs)
    file_guards.register("service", may_see_photo)
    _register_sentences()
    register_bookings()


def units_of_jobs(item_ids: Sequence[int]) -> dict[int, int]:
    """The units of these job cards."""
    return dict(ServiceJob.objects.filter(pk__in=item_ids).values_list("pk", "unit_id"))


def products_of_jobs(items: Sequence[WorkItem]) -> dict[int, Made]:
    """The products on the bench."""
    return made_by(ServiceJob.objects.filter(pk__in=[item.pk for item in items]), "unit__product")


def _register_sentences() -> None:
    timeline_icons.register("job", "tool")
    life_icons.register("job", "tool")
    for state in JobState:
        timeline_sentences.register(f"job.{state.value}", _of_state(state))
        life_sentences.register(f"job.{state.value}", _of_state(state))
    for verb, text in (
        ("job.approved", _("%(number)s: estimate %(estimate)s was approved")),
        ("job.refused", _("%(number)s: estimate %(estimate)s was refused")),
        ("job.part_arrived", _("%(number)s: the part has arrived")),
        ("job.given_back", _("%(number)s: the unit was given back unrepaired")),
    ):
        timeline_sentences.register(verb, _with_number(text))
        life_sentences.register(verb, _with_number(text))
    for verb, text in (
        ("job.answered", _("The customer answered the estimate of %(number)s: %(answer)s")),
        ("job.estimate_expired", _("Nobody answered the estimate of %(number)s in time: call the customer")),
        ("job.part_late", _("%(number)s: “%(part)s” should have come on %(eta)s. Ask the supplier, move the date.")),
        ("job.can_start", _("All parts are here: %(number)s can start")),
        ("job.given", _("On your bench: %(number)s %(subject)s")),
    ):
        notification_sentences.register(verb, _with_number(text))


def _with_number(text: Any) -> Any:
    def sentence(data: dict[str, Any]) -> str:
        eta = data.get("eta")
        values = {
            **{name: str(value) for name, value in data.items()}, "number": ref(str(data.get("number", ""))),
            "answer": _("approved") if data.get("approved") else _("refused"), "part": data.get("part", ""),
            "eta": localdate(date.fromisoformat(eta), "short") if eta else "", "subject": data.get("subject", ""),
            "estimate": num(data.get("estimate", "")),
        }  # fmt: skip
        return str(text % values)

    return sentence


def _of_state(state: JobState) -> Any:
    def sentence(data: dict[str, Any]) -> str:
        return str(_("%(number)s: %(state)s") % {"number": ref(str(data.get("number", ""))), "state": state.label})

    return sentence


def category_code(item: Any) -> str:
    """The code of the kind of product, whatever instance of the work item is at hand."""
    if isinstance(item, ServiceJob):
        return item.category_code
    return ServiceJob.objects.filter(pk=item.pk).values_list("category_code", flat=True).first() or ""


def job_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: job cards by number, or by a serial number."""
    return [
        SearchHit(
            title=f"{ref(job.number)} {job.subject}", url=reverse("service:detail", args=[job.number]),
            subtitle=str(job.customer or ""), badge=job.state_label, at=job.opened_at,
        )
        for job in find_jobs(user, text, limit)
    ]  # fmt: skip


def customer_panel(user: User, customer: Customer) -> dict[str, Any]:
    """The customer's job cards. One query."""
    found = list(jobs_of_customer(user, customer)[: SHOWN + 1])
    return {"jobs": found[:SHOWN], "has_more": len(found) > SHOWN}


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """The unit's job cards, the one in the house first, and the visit that is booked. Two queries."""
    found = list(jobs_of_unit(user, unit)[: SHOWN + 1])
    booking = JobBooking.objects.visible_to(user).filter(unit=unit).open().first()
    return {"jobs": found[:SHOWN], "has_more": len(found) > SHOWN, "booking": booking}


def may_see_photo(user: User, file_id: int) -> bool:
    """Whether the file is a photo of a job card that the user sees."""
    if not user.may("job.view"):
        return False
    jobs = JobPhoto.objects.filter(file_id=file_id).values("job")
    return ServiceJob.objects.visible_to(user).filter(pk__in=jobs).exists()


def clear_demo() -> int:
    """Remove invented job cards with their history. Returns how many rows went."""
    guarded = ("work_workevent", "work_workminutes", "work_delaynote", "deliveries_deliverystep")
    with transaction.atomic(), suspended(*guarded):
        return ServiceJob.objects.filter(is_demo=True).delete()[0]
