"""Choosing the panel, with the reason why somebody may not; the panel's own work."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.form_fields import DeskForm
from halkhata.desks.disputes.forms import DecisionForm, VoteForm
from halkhata.desks.disputes.models import Decision, Dispute, Vote
from halkhata.desks.disputes.selectors.cases import dispute_for
from halkhata.desks.disputes.selectors.conflicts import candidates
from halkhata.desks.disputes.selectors.detail import evidence_in_words, panel_of
from halkhata.desks.disputes.selectors.precedents import precedents_for
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.deciding import write_decision
from halkhata.desks.disputes.services.panels import appoint_panel, replace_member
from halkhata.desks.disputes.services.signing import sign_decision
from halkhata.desks.disputes.services.voting import ballot_of, cast_vote
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.middleware import status_of


@needs("dispute.view", "dispute.appoint")
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: StaffRequest, number: str) -> HttpResponse:
    """Everybody who decides disputes, and what stands against each; choose one or three, or fill a free seat."""
    dispute = dispute_for(request.user, number)
    if request.method != "POST":
        return _panel_page(request, dispute)
    chosen = [int(pk) for pk in request.POST.getlist("reviewers") if pk.isascii() and pk.isdigit() and len(pk) < 10]
    people = {one.pk: one for one in User.objects.select_related("role", "branch").filter(pk__in=chosen)}
    reviewers = [people[pk] for pk in chosen if pk in people]
    overrides = {pk: request.POST.get(f"why_{pk}", "") for pk in chosen}
    try:
        if panel_of(dispute)["panel"] is None:
            appoint_panel(actor=request.user, dispute=dispute, reviewers=reviewers, overrides=overrides)
        elif len(reviewers) == 1:
            one = reviewers[0]
            replace_member(actor=request.user, dispute=dispute, reviewer=one, override_why=overrides[one.pk])
        else:
            raise DomainError("one_seat", _("Choose one person for the free seat."), field="reviewers")
    except DomainError as error:
        return _panel_page(request, dispute, error=error, chosen=chosen, whys=overrides)
    messages.success(request, _("The panel is appointed."))
    return redirect("disputes:detail", dispute.number)


def _panel_page(
    request: StaffRequest, dispute: Dispute, *, error: DomainError | None = None, chosen: Any = (), whys: Any = None
) -> HttpResponse:
    law = house_law()
    rows = [
        {
            "user": user,
            "reasons": reasons,
            "is_final": any(one.is_final for one in reasons),
            "is_chosen": user.pk in chosen,
            "why": (whys or {}).get(user.pk, ""),
        }
        for user, reasons in candidates(dispute)
    ]
    context = {
        "dispute": dispute,
        "rows": rows,
        "law": law,
        "error": error,
        "may_override": law.allow_override and request.user.may(policies.OVERRIDE),
        **panel_of(dispute),
    }
    return render(request, "disputes/panel.html", context, status=status_of(error) if error else 200)


@needs("dispute.view", "dispute.review")
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: StaffRequest, number: str) -> HttpResponse:
    """The panel's desk: the file on one side, the draft, the votes, the signature."""
    dispute = dispute_for(request.user, number)
    _needs_seat(request.user, dispute)
    if request.method != "POST":
        return _decision_page(request, dispute)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, dispute, form=form, status=422)
    values = dict(form.cleaned_data)
    try:
        write_decision(actor=request.user, dispute=dispute, version=values.pop("version"), values=values)
    except DomainError as error:
        form.take_error(error)
        return _decision_page(request, dispute, form=form, status=status_of(error))
    messages.success(request, _("The draft is saved. Nothing is decided before it is signed."))
    return redirect("disputes:decision", dispute.number)


@needs("dispute.view", "dispute.review")
@require_POST
def vote(request: StaffRequest, number: str) -> HttpResponse:
    """Vote on the finding."""
    dispute = dispute_for(request.user, number)
    _needs_seat(request.user, dispute)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, dispute, vote_form=form, status=422)
    try:
        cast_vote(actor=request.user, dispute=dispute, **form.cleaned_data)
    except PermissionRefused:
        raise
    except DomainError as error:
        form.take_error(error)
        return _decision_page(request, dispute, vote_form=form, status=status_of(error))
    messages.success(request, _("Your vote is written down."))
    return redirect("disputes:decision", dispute.number)


@needs("dispute.view", "dispute.review")
@require_POST
def sign(request: StaffRequest, number: str) -> HttpResponse:
    """Sign the decision."""
    dispute = dispute_for(request.user, number)
    _needs_seat(request.user, dispute)
    version = request.POST.get("version", "")
    try:
        sign_decision(
            actor=request.user, dispute=dispute,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None,
        )  # fmt: skip
    except PermissionRefused:
        raise
    except DomainError as error:
        return _decision_page(request, dispute, error=error, status=status_of(error))
    messages.success(request, _("Signed. The decision stands and cannot be changed."))
    return redirect("disputes:detail", dispute.number)


def _needs_seat(user: User, dispute: Dispute) -> None:
    if policies.seat_of(user, dispute) is None:
        raise PermissionRefused("not_on_panel", _("You do not sit on the panel of this dispute."))


def _decision_page(
    request: StaffRequest, dispute: Dispute, *, form: DeskForm | None = None, vote_form: DeskForm | None = None,
    error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    seat = policies.seat_of(request.user, dispute)
    draft = Decision.objects.filter(dispute=dispute.pk, round=dispute.round).select_related("written_by").first()
    fields = DecisionForm.base_fields
    initial = {name: getattr(draft, name) for name in fields} if draft is not None else {}
    votes = (
        [] if seat is None else list(Vote.objects.filter(member__panel=seat.panel_id).select_related("member__user"))
    )
    ballot = 1 if seat is None else ballot_of(seat)
    context = {
        "dispute": dispute,
        "seat": seat,
        "draft": draft,
        "form": form or DecisionForm(initial=initial),
        "vote_form": vote_form or VoteForm(),
        "votes": votes,
        "ballot": ballot,
        "has_voted": seat is not None and any(one.member_id == seat.pk and one.ballot == ballot for one in votes),
        "error": error,
        "lines": evidence_in_words(dispute),
        "precedents": precedents_for(request.user, dispute),
        **panel_of(dispute),
    }
    return render(request, "disputes/decision.html", context, status=status)
