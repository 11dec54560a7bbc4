"""Steps of a dispute: each a small page with a form, reached from the page of the dispute.

One view for all; what a step asks, needs and does stands in ``STEPS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.disputes import forms, policies
from halkhata.desks.disputes.form_fields import DeskForm
from halkhata.desks.disputes.models import Action, Dispute, OutsideCase, Remedy
from halkhata.desks.disputes.selectors.cases import dispute_for
from halkhata.desks.disputes.views import acts
from halkhata.foundation.accounts.permissions import needs, require
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of

Act = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: the heading, the form, the right, and what it does."""

    title: Any
    form: type[DeskForm]
    permission: str
    act: Act
    done: Any
    about: Any = ""
    danger: bool = False
    row: type[Any] | None = None
    # Whoever the thing was given to says that it is done; others need the right to handle disputes.
    is_for_owner: bool = False


_SAVED = _("Saved.")
STEPS: dict[str, Step] = {
    "begin": Step(
        title=_("Begin gathering evidence"), form=forms.NoFieldsForm, permission=policies.HANDLE, act=acts.begin,
        done=_("Both sides may add to the file now."),
        about=_("From now on the days run in which the shop and the customer may add to the file."),
    ),
    "collect": Step(
        title=_("Take in what is new"), form=forms.NoFieldsForm, permission=policies.HANDLE, act=acts.collect,
        done=_("The file is up to date."),
        about=_("Messages, calls, files and records of the linked items come into the file, each with its hash."),
    ),
    "add": Step(
        title=_("Add evidence"), form=forms.EvidenceForm, permission=policies.HANDLE, act=acts.add,
        done=_("It stands in the file."), about=_("What is in the file cannot be changed or taken out."),
    ),
    "missing": Step(
        title=_("Say why something cannot be had"), form=forms.MissingForm, permission=policies.HANDLE,
        act=acts.missing, done=_SAVED,
    ),
    "offer": Step(
        title=_("Offer a settlement"), form=forms.OfferForm, permission=policies.HANDLE, act=acts.offer,
        done=_("The offer is made. The customer is told."),
    ),
    "offer_answer": Step(
        title=_("Write down the answer to the offer"), form=forms.AnswerForm, permission=policies.HANDLE,
        act=acts.offer_answer, done=_SAVED,
    ),
    "offer_back": Step(
        title=_("Take the offer back"), form=forms.NoFieldsForm, permission=policies.HANDLE, act=acts.offer_back,
        done=_SAVED, danger=True,
    ),
    "tell": Step(
        title=_("Tell the customer"), form=forms.TellForm, permission=policies.HANDLE, act=acts.tell,
        done=_("Written down. The next news are due later."),
    ),
    "close": Step(
        title=_("Close the dispute"), form=forms.NoFieldsForm, permission=policies.HANDLE, act=acts.close,
        done=_("The dispute is closed."), about=_("Every remedy is executed and the customer told."),
    ),
    "withdraw": Step(
        title=_("The customer withdraws it"), form=forms.WhyForm, permission=policies.HANDLE, act=acts.withdraw,
        done=_("The dispute is withdrawn."), danger=True,
    ),
    "appeal": Step(
        title=_("The customer appeals"), form=forms.AppealForm, permission=policies.HANDLE, act=acts.appeal,
        done=_("The appeal is written down. Another panel decides."),
    ),
    "remedy": Step(
        title=_("Another remedy"), form=forms.RemedyForm, permission=policies.HANDLE, act=acts.remedy, done=_SAVED
    ),
    "action": Step(
        title=_("So that it does not come again"), form=forms.ActionForm, permission=policies.HANDLE, act=acts.action,
        done=_SAVED,
    ),
    "begin_review": Step(
        title=_("Hand the file to the panel"), form=forms.BeginReviewForm, permission=policies.APPOINT,
        act=acts.to_panel, done=_("The file is locked. The panel reads it."),
    ),
    "recuse": Step(
        title=_("Step back from the panel"), form=forms.WhyForm, permission=policies.VIEW, act=acts.recuse,
        done=_("You stepped back. It stands in the record."), danger=True,
    ),
    "interest": Step(
        title=_("I am near this case"), form=forms.WhatForm, permission=policies.VIEW, act=acts.interest,
        done=_("Written down. You will not be asked to judge it."),
    ),
    "correct": Step(
        title=_("Correct the decision"), form=forms.CorrectForm, permission=policies.REVIEW, act=acts.correct,
        done=_("The correction is a new entry in the record."),
        about=_("The decision stays as it was signed; the correction is shown with it."),
    ),
    "case_new": Step(
        title=_("A case outside the house"), form=forms.CaseForm, permission=policies.OUTSIDE, act=acts.case_new,
        done=_SAVED,
    ),
    "remedy_give": Step(
        title=_("Who does it"), form=forms.GiveForm, permission=policies.HANDLE, act=acts.remedy_give, done=_SAVED,
        row=Remedy,
    ),
    "remedy_done": Step(
        title=_("The remedy is executed"), form=forms.DoneForm, permission=policies.VIEW, act=acts.remedy_done,
        done=_SAVED, row=Remedy,
        is_for_owner=True,
    ),
    "action_done": Step(
        title=_("The action is done"), form=forms.DoneForm, permission=policies.VIEW, act=acts.action_done,
        done=_SAVED, row=Action,
        is_for_owner=True,
    ),
    "action_check": Step(
        title=_("Did it work?"), form=forms.CheckForm, permission=policies.HANDLE, act=acts.action_check, done=_SAVED,
        row=Action,
    ),
    "case": Step(
        title=_("Change the case"), form=forms.CaseChangeForm, permission=policies.OUTSIDE, act=acts.case_change,
        done=_SAVED, row=OutsideCase,
    ),
    "case_end": Step(
        title=_("The case has ended"), form=forms.CaseEndForm, permission=policies.OUTSIDE, act=acts.case_end,
        done=_SAVED, row=OutsideCase,
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs("dispute.view")
def step(request: StaffRequest, number: str, code: str, pk: int | None = None) -> HttpResponse:
    """Ask for what the step needs, and take it."""
    known = STEPS[code]
    require(request.user, known.permission)
    dispute = dispute_for(request.user, number)
    row = _row(dispute, known, pk)
    if known.is_for_owner and row.owner_id != request.user.pk:
        require(request.user, policies.HANDLE)
    posted = request.method == "POST"
    form = known.form(request.POST if posted else None, request.FILES if posted else None,
                      initial=acts.initial(code, row))  # fmt: skip
    if "owner" in form.fields:
        form.offer_people(request.user)
    context = {"dispute": dispute, "step": known, "form": form, "row": row, "offer": acts.open_offer(dispute)}
    if not posted:
        return render(request, "disputes/step.html", context)
    if not form.is_valid():
        return render(request, "disputes/step.html", context, status=422)
    try:
        known.act(request, dispute, form.cleaned_data, row)
    except DomainError as error:
        form.take_error(error)
        return render(request, "disputes/step.html", context, status=status_of(error))
    messages.success(request, known.done)
    return redirect("disputes:detail", dispute.number)


def _row(dispute: Dispute, known: Step, pk: int | None) -> Any:
    if known.row is None:
        return None
    row = known.row.objects.select_related("dispute").filter(pk=pk, dispute=dispute.pk).first()
    if row is None:
        raise NotFound("not_found", policies.NOT_HERE)
    return row
