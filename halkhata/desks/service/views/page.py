"""Putting the page of one job card together; used by the page and by every act that has to show it again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from halkhata.desks.service.choices import FINAL, ON_THE_BENCH, TRANSITIONS, JobState, PartState, Payer
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
)
from halkhata.desks.service.models import Handover, ServiceJob
from halkhata.desks.service.selectors.jobs import charged_total, needs_approval, standing_lines
from halkhata.desks.service.services.codes import phone_of
from halkhata.desks.service.services.estimates import token_for
from halkhata.desks.service.services.lines import verdict_for
from halkhata.desks.service.services.states import allowed_states
from halkhata.desks.service.signature import signature_svg
from halkhata.engines.deliveries.choices import PromiseState
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.selectors.promises import last_promise
from halkhata.engines.goodwill.selectors.fit import fit_of
from halkhata.engines.work.choices import Side
from halkhata.engines.work.models import SlaClock
from halkhata.engines.work.policies import assignable_names
from halkhata.engines.work.selectors.stage_times import stage_times
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.warranty.selectors.history import open_campaigns


def job_page(
    request: StaffRequest, job: ServiceJob, *, status: int = 200, error: DomainError | None = None, **bound: Any
) -> HttpResponse:
    """The page of ``job``. ``bound`` are forms that were sent and could not be used: they keep what was typed."""
    context = job_context(request, job, **bound)
    context |= {"error": error, "open_part": next(iter(bound), "")}
    return render(request, "service/detail.html", context, status=status)


def refused(request: StaffRequest, job: ServiceJob, error: DomainError, **bound: Any) -> HttpResponse:
    """The page again, with the error at its field and everything that was typed."""
    job.refresh_from_db()
    if not bound:
        return job_page(request, job, status=status_of(error), error=error)
    for form in bound.values():
        form.take_error(error)
    return job_page(request, job, status=status_of(error), **bound)


# The step that comes next when all goes well: the button to press. The others stand behind it.
ONWARD = {
    JobState.IN: JobState.DIAGNOSED,
    JobState.DIAGNOSED: JobState.WORKING,
    JobState.WAITING_APPROVAL: JobState.WORKING,
    JobState.WAITING_PART: JobState.WORKING,
    JobState.WORKING: JobState.TESTED,
    JobState.TESTED: JobState.READY,
}


def job_context(request: StaffRequest, job: ServiceJob, **bound: Any) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of queries."""
    user = request.user
    people = list(assignable_names(user))
    person_rows = assignable_names(user)
    verdict = verdict_for(job)
    lines = list(standing_lines(job))
    estimates = list(job.estimates.select_related("made_by", "recorded_by"))
    parts = list(job.part_requests.select_related("asked_by"))
    state = JobState(job.state)
    is_over = state in FINAL
    version = {"version": job.version}
    may_edit = user.may("job.edit") and not is_over
    handover = Handover.objects.select_related("handed_by").filter(job=job).first()
    promise = last_promise(job)
    waiting = next((one for one in estimates if one.state == "sent"), None)
    components = [(line.component, line.label or line.component) for line in verdict.lines if line.component != "all"]
    may_hand = user.may("job.deliver") and handover is None and state in {JobState.READY, JobState.CANCELLED}
    waits_for_yes = needs_approval(job)
    onward = None if waits_for_yes else ONWARD.get(state)
    context: dict[str, Any] = {
        "job": job,
        "people": people,
        "verdict": verdict,
        "campaigns": open_campaigns(job.unit) if not is_over else [],
        "lines": lines,
        "total": charged_total(job),
        "claim": sum((line.cost for line in lines if line.is_recoverable), start=0),
        "own_cost": sum((line.cost for line in lines), start=0),
        "covered": [line for line in lines if line.payer != Payer.CUSTOMER],
        "needs_approval": waits_for_yes,
        "estimates": estimates,
        "waiting_estimate": waiting,
        "estimate_url": request.build_absolute_uri(reverse("portal:job", args=[token_for(waiting)])) if waiting else "",
        "parts": [(part, EtaForm(auto_id=f"id_eta{part.pk}_%s", initial={"eta_on": part.eta_on})) for part in parts],
        "open_parts": sum(part.state == PartState.OPEN for part in parts),
        "photos": list(job.photos.select_related("file", "added_by")),
        "checklist": list(job.checklist.select_related("done_by")),
        "promise": promise,
        "clocks": list(SlaClock.objects.filter(item_id=job.pk).exclude(state="cancelled").order_by("cycle")),
        "times": stage_times([job.pk])[job.pk],
        "side_labels": {side.value: side.label for side in Side},
        "handover": handover,
        "signature": signature_svg(handover.strokes) if handover is not None else "",
        "onward": onward,
        "states": sorted(allowed_states(job), key=lambda step: step != onward) if may_edit else [],
        "may_estimate": may_edit and JobState.WAITING_APPROVAL in {*TRANSITIONS[state], state},
        "may_ask_part": may_edit and state not in {JobState.IN, JobState.TESTED, JobState.READY},
        "may_cancel": may_edit and JobState.CANCELLED in TRANSITIONS[state],
        "may_hand": may_hand,
        "may_edit": may_edit,
        "may_see_cost": user.may("job.edit"),
        "may_goodwill": user.may("goodwill.grant") and not is_over,
        "has_phone": bool(phone_of(job.customer)),
        # Suggested only where the warranty says no and the customer's record fits (US-53).
        "suggests_goodwill": _suggests_goodwill(request, job, verdict.state) if not is_over else False,
        "is_over": is_over,
        "history": list(job.history.order_by("-at", "-pk")[:30]),
        "card_form": CardForm(
            people=person_rows, initial={"technician": job.technician_id, "diagnosis": job.diagnosis, **version}
        ),
        "line_form": LineForm(job=job, components=components, initial=version),
        "estimate_form": EstimateForm(initial=version),
        "answer_form": AnswerForm(initial={"answered_by": str(job.customer or ""), **version}),
        "part_form": PartForm(initial=version),
        "photo_form": PhotoForm(),
        "cancel_form": CancelForm(initial=version),
        "date_form": DateForm() if _wants_date(request, state, promise) else None,
        "handover_form": HandoverForm(
            initial={"taken_by": str(job.customer or ""), "accessories_back": True, **version}
        ),
    }
    return context | bound


def _wants_date(request: StaffRequest, state: JobState, promise: DeliveryPromise | None) -> bool:
    stands = promise is not None and promise.state == PromiseState.OPEN
    return not stands and state in ON_THE_BENCH and request.user.may("promise.edit")


def _suggests_goodwill(request: StaffRequest, job: ServiceJob, verdict: str) -> bool:
    return (
        verdict == "red"
        and job.customer is not None
        and request.user.may("goodwill.grant")
        and fit_of(job.customer).fits
    )
