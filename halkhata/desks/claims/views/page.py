"""The page of one claim, and every step of it: shown again with what was typed when it cannot be done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.desks.claims import forms
from halkhata.desks.claims.choices import PhotoKind, Stage
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.detail import claim_for, files_of, steps_open
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.selectors.verify import days_left, verify
from halkhata.desks.claims.services import answering, editing, filing, old_parts
from halkhata.desks.claims.services.opening import NewLine
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.services.photos import store_photos

Act = Callable[[StaffRequest, Claim, Any], Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a claim: its form, the right it takes, and what is said afterwards."""

    form: type[TakesErrors]
    permission: str
    act: Act
    said: Any


def _plain(service: Callable[..., Any]) -> Act:
    """A service that takes what the form read."""
    return lambda http, claim, form: service(actor=http.user, claim=claim, **form.cleaned_data)


def _line(http: StaffRequest, claim: Claim, form: Any) -> Any:
    data = dict(form.cleaned_data)
    version = data.pop("version")
    return editing.add_line(actor=http.user, claim=claim, line=NewLine(**data), version=version)


def _photo(http: StaffRequest, claim: Claim, form: Any) -> Any:
    data = dict(form.cleaned_data)
    files = store_photos(data.pop("photos"))
    return editing.add_photos(actor=http.user, claim=claim, files=files, **data)


def _decide(http: StaffRequest, claim: Claim, form: Any) -> Any:
    data = form.cleaned_data
    return answering.decide_claim(
        actor=http.user, claim=claim, granted=form.granted(), answers=form.answers(), answer=data["answer"],
        version=data["version"],
    )  # fmt: skip


STEPS: dict[str, Step] = {
    "edit": Step(forms.ClaimForm, "claim.edit", _plain(editing.edit_claim), _("Saved.")),
    "line": Step(forms.LineForm, "claim.edit", _line, _("The line is on the claim.")),
    "photo": Step(forms.PhotoForm, "claim.edit", _photo, _("The photos hang on the claim.")),
    "part": Step(forms.PartForm, "claim.edit", _plain(old_parts.tag_part), _("The part has its tag. Print it.")),
    "submit": Step(forms.SubmitForm, "claim.edit", _plain(filing.submit_claim), _("Sent. Its lines stand now.")),
    "back": Step(forms.ReasonForm, "claim.edit", _plain(filing.ask_back), _("It can be changed again.")),
    "number": Step(forms.NumberForm, "claim.edit", _plain(editing.set_company_number), _("Written down.")),
    "decide": Step(forms.DecideForm, "claim.decide", _decide, _("The company's answer is written down.")),
    "credit": Step(
        forms.CreditForm, "claim.decide", _plain(answering.record_credit), _("The credit note is written down.")
    ),
    "withdraw": Step(forms.ReasonForm, "claim.edit", _plain(filing.withdraw_claim), _("Taken back.")),
}


def form_of(name: str, claim: Claim, data: Any = None, files: Any = None, initial: Any = None) -> Any:
    """The form of a step; that of the company's answer has a field for each line."""
    more: dict[str, Any] = {"claim": claim} if name == "decide" else {}
    return STEPS[name].form(data, files, prefix=name, initial=initial, **more)


@needs("claim.view")
@require_safe
def detail(http: StaffRequest, number: str) -> HttpResponse:
    """The claim with its lines, photos and money, what is missing, and what can be done now."""
    return page_of(http, claim_for(http.user, number))


def page_of(
    http: StaffRequest, claim: Claim, *, bound: dict[str, Any] | None = None, status: int = 200,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; ``bound`` are forms that were sent and could not be used."""
    terms = terms_of(claim.brand)
    initial: dict[str, Any] = {"version": claim.version}
    whole = {name: getattr(claim, name) for name in forms.ClaimForm.base_fields if hasattr(claim, name)}
    shown = {
        name: (bound or {}).get(name) or form_of(name, claim, initial={**initial, **(whole if name == "edit" else {})})
        for name in steps_open(http.user, claim)
    }
    context = {
        "claim": claim,
        "item": claim,
        "forms": shown,
        "error": error,
        "terms": terms,
        "found": verify(claim, terms=terms) if claim.stage == Stage.DRAFT else None,
        "left": days_left(claim),
        "lines": list(claim.lines.all()),
        "files": files_of(claim),
        "kinds": PhotoKind.choices,
        "credits": list(claim.credits.select_related("recorded_by")),
        "parts": list(claim.old_parts.select_related("dispatch")),
        "customer_id": claim.unit.owner_id if claim.unit is not None else None,
        "may_see_customer": http.user.may("customer.view"),
    }  # fmt: skip
    return render(http, "claims/detail.html", context, status=status)


def step_view(name: str) -> Callable[..., HttpResponse]:
    """The view of one step."""
    step = STEPS[name]

    @needs("claim.view", step.permission)
    @require_POST
    def view(http: StaffRequest, number: str) -> HttpResponse:
        claim = claim_for(http.user, number)
        form = form_of(name, claim, http.POST, http.FILES)
        if not form.is_valid():
            return page_of(http, claim, bound={name: form}, status=422)
        try:
            step.act(http, claim, form)
        except DomainError as error:
            form.take_error(error)
            fresh = claim_for(http.user, number)
            shown = name in steps_open(http.user, fresh)
            return page_of(http, fresh, bound={name: form}, status=status_of(error), error=None if shown else error)
        messages.success(http, step.said)
        return redirect("claims:detail", claim.number)

    view.__doc__ = f"Take the step “{name}”."
    return view


def _off(service: Callable[..., Any], key: str, said: Any) -> Callable[..., HttpResponse]:
    @needs("claim.view", "claim.edit")
    @require_POST
    def view(http: StaffRequest, number: str, pk: int) -> HttpResponse:
        claim = claim_for(http.user, number)
        values: dict[str, Any] = {key: pk}
        if service is editing.name_photo:
            values["kind"] = http.POST.get("kind", "")[:20]
        try:
            service(actor=http.user, claim=claim, **values)
        except DomainError as error:
            if status_of(error) == 404:
                raise
            messages.error(http, str(error.message))
        else:
            messages.success(http, said)
        return redirect("claims:detail", claim.number)

    view.__doc__ = "Change one row that hangs on the claim."
    return view


line_off = _off(editing.remove_line, "line_id", _("The line is off the claim."))
photo_off = _off(editing.remove_photo, "photo_id", _("The photo is off the claim."))
photo_name = _off(editing.name_photo, "photo_id", _("Written down."))
