"""What is done on a job card: steps, lines, estimate, parts, photos, hand-over."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.service.choices import CodePurpose
from halkhata.desks.service.forms import (
    AnswerForm,
    CancelForm,
    CardForm,
    DateForm,
    EstimateForm,
    EtaForm,
    HandoverForm,
    LineForm,
    PartForm,
    PhotoForm,
    StepForm,
)
from halkhata.desks.service.models import PartRequest, ServiceJob
from halkhata.desks.service.policies import NOTHING_HERE
from halkhata.desks.service.selectors.jobs import job_for
from halkhata.desks.service.services.card import add_photos, change_card
from halkhata.desks.service.services.codes import send_code
from halkhata.desks.service.services.estimates import record_answer, send_estimate
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line, remove_line, verdict_for
from halkhata.desks.service.services.parts import ask_for_part, drop_part, move_eta, part_arrived
from halkhata.desks.service.services.photos import store_photos
from halkhata.desks.service.services.promising import promise_ready
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.desks.service.views.page import job_page, refused
from halkhata.engines.work.policies import assignable_names
from halkhata.engines.work.services.checklists import tick
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.templatetags.halkhata import ref


def _do(request: StaffRequest, job: ServiceJob, act: Callable[[], Any], said: str, **bound: Any) -> HttpResponse:
    """Run an act whose form is valid; show the page again when it is refused."""
    for name, form in bound.items():
        if not form.is_valid():
            return job_page(request, job, status=422, **{name: form})
    try:
        act()
    except DomainError as error:
        return refused(request, job, error, **bound)
    messages.success(request, said)
    return redirect("service:detail", job.number)


@needs("job.view", "job.edit")
@require_POST
def step(request: StaffRequest, number: str) -> HttpResponse:
    """Put the card into another state."""
    job = job_for(request.user, number)
    form = StepForm(request.POST)
    if not form.is_valid():
        return job_page(request, job, status=422)
    data = form.cleaned_data
    given = data["diagnosis"] if "diagnosis" in request.POST else None
    try:
        take_step(actor=request.user, job=job, state=data["state"], diagnosis=given, version=data["version"])
    except DomainError as error:
        return refused(request, job, error)
    messages.success(request, _("The job is now: %(state)s.") % {"state": job.state_label})
    return redirect("service:detail", job.number)


@needs("job.view", "job.edit")
@require_POST
def card(request: StaffRequest, number: str) -> HttpResponse:
    """Technician and diagnosis."""
    job = job_for(request.user, number)
    form = CardForm(request.POST, people=assignable_names(request.user))
    return _do(
        request, job, lambda: change_card(actor=request.user, job=job, **form.cleaned_data), _("Saved."),
        card_form=form,
    )  # fmt: skip


@needs("job.view", "job.edit")
@require_POST
def line_add(request: StaffRequest, number: str) -> HttpResponse:
    """A line on the card."""
    job = job_for(request.user, number)
    components = [(line.component, line.label or line.component) for line in verdict_for(job).lines]
    form = LineForm(request.POST, job=job, components=[one for one in components if one[0] != "all"])

    def act() -> None:
        data = dict(form.cleaned_data)
        data["product"] = data.pop("model_code")
        for name in ("quantity", "unit_price", "discount"):
            if data[name] is None:
                del data[name]
        add_line(actor=request.user, job=job, **data)

    return _do(request, job, act, _("Added to the card."), line_form=form)


@needs("job.view", "job.edit")
@require_POST
def line_remove(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Take a line off the card."""
    job = job_for(request.user, number)
    return _do(request, job, lambda: remove_line(actor=request.user, job=job, line_id=pk), _("Taken off the card."))


@needs("job.view", "job.edit")
@require_POST
def estimate_send(request: StaffRequest, number: str) -> HttpResponse:
    """Ask the customer."""
    job = job_for(request.user, number)
    form = EstimateForm(request.POST)
    return _do(
        request, job, lambda: send_estimate(actor=request.user, job=job, **form.cleaned_data),
        _("The customer is asked. The link stands on this page, too."), estimate_form=form,
    )  # fmt: skip


@needs("job.view", "job.edit")
@require_POST
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """What the customer said."""
    job = job_for(request.user, number)
    form = AnswerForm(request.POST)

    def act() -> None:
        data = dict(form.cleaned_data)
        record_answer(actor=request.user, job=job, **{**data, "approves": data["approves"] == "1"})

    return _do(request, job, act, _("Written down."), answer_form=form)


@needs("job.view", "job.edit")
@require_POST
def part_ask(request: StaffRequest, number: str) -> HttpResponse:
    """A part is not here."""
    job = job_for(request.user, number)
    form = PartForm(request.POST)
    return _do(
        request, job, lambda: ask_for_part(actor=request.user, job=job, **form.cleaned_data), _("Asked for."),
        part_form=form,
    )  # fmt: skip


@needs("job.view", "job.edit")
@require_POST
def part_here(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The part has arrived, or is not needed any more."""
    job, part = _part(request, number, pk)
    act = drop_part if request.POST.get("drop") else part_arrived
    return _do(request, job, lambda: act(actor=request.user, part=part), _("Written down."))


@needs("job.view", "job.edit")
@require_POST
def part_eta(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The part comes on another day."""
    job, part = _part(request, number, pk)
    form = EtaForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose a day from today within a year."))
        return redirect("service:detail", job.number)
    return _do(
        request, job, lambda: move_eta(actor=request.user, part=part, eta_on=form.cleaned_data["eta_on"]), _("Saved.")
    )


@needs("job.view", "job.edit")
@require_POST
def photos(request: StaffRequest, number: str) -> HttpResponse:
    """Photos for the card."""
    job = job_for(request.user, number)
    form = PhotoForm(request.POST, request.FILES)

    def act() -> None:
        data = dict(form.cleaned_data)
        if not data["photos"]:
            raise DomainError("no_picture", _("Choose a photo first."), field="photos")
        add_photos(actor=request.user, job=job, files=store_photos(data.pop("photos")), **data)

    return _do(request, job, act, _("Saved."), photo_form=form)


@needs("job.view", "job.edit")
@require_POST
def checklist(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """Tick a line of the bench off, or take the tick back."""
    job = job_for(request.user, number)
    found = job.checklist.filter(pk=line).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return _do(
        request, job, lambda: tick(actor=request.user, line=found, done=bool(request.POST.get("done"))), _("Saved.")
    )


@needs("job.view", "promise.edit")
@require_POST
def promise(request: StaffRequest, number: str) -> HttpResponse:
    """Promise the customer a date for a job that has none, or was opened again."""
    job = job_for(request.user, number)
    form = DateForm(request.POST)
    return _do(
        request, job, lambda: promise_ready(actor=request.user, job=job, **form.cleaned_data), _("Promised."),
        date_form=form,
    )  # fmt: skip


@needs("job.view", "job.edit")
@require_POST
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """It will not be done."""
    job = job_for(request.user, number)
    form = CancelForm(request.POST)
    return _do(
        request, job, lambda: cancel_job(actor=request.user, job=job, **form.cleaned_data), _("The job is cancelled."),
        cancel_form=form,
    )  # fmt: skip


@needs("job.view", "job.deliver")
@require_POST
def code(request: StaffRequest, number: str) -> HttpResponse:
    """Send the customer the code for fetching the unit."""
    job = job_for(request.user, number)
    return _do(
        request, job, lambda: send_code(actor=request.user, job=job, purpose=CodePurpose.HANDOVER),
        _("The code is on its way to the customer's phone."),
    )  # fmt: skip


@needs("job.view", "job.deliver")
@require_POST
def handover(request: StaffRequest, number: str) -> HttpResponse:
    """The unit leaves the house."""
    job = job_for(request.user, number)
    form = HandoverForm(request.POST)
    said = _("%(number)s is handed over. Print the gate pass.") % {"number": ref(job.number)}
    return _do(
        request, job, lambda: hand_over(actor=request.user, job=job, **form.cleaned_data), said, handover_form=form
    )


def _part(request: StaffRequest, number: str, pk: int) -> tuple[ServiceJob, PartRequest]:
    job = job_for(request.user, number)
    part = job.part_requests.select_related("job").filter(pk=pk).first()
    if part is None:
        raise NotFound("not_found", NOTHING_HERE)
    return job, part
