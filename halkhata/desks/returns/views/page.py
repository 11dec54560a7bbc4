"""The page of one return, and every step of it: shown again with what was typed when it cannot be done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.desks.returns import advance_forms, forms
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.offers import facts_of, steps_open
from halkhata.desks.returns.rule_words import lines_of
from halkhata.desks.returns.selectors.detail import files_of, return_for
from halkhata.desks.returns.services.advancing import replace_in_advance
from halkhata.desks.returns.services.approving import (
    answer_appeal,
    appeal_return,
    approve_return,
    reject_return,
    withdraw_return,
)
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.deposits import give_deposit_back, give_more_days, keep_deposit
from halkhata.desks.returns.services.goods import dispose
from halkhata.desks.returns.services.inspecting import begin_inspection, inspect_return
from halkhata.desks.returns.services.receiving import receive_return, send_on_its_way
from halkhata.desks.returns.services.settling import close_return, settle_return, spend_credit
from halkhata.engines.work.policies import can_work_on
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.services.photos import store_photos
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit
from halkhata.records.stock.selectors.positions import movements_for

Act = Callable[[StaffRequest, ReturnRequest, dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a return: its form, the right it takes, and what is said afterwards."""

    form: type[TakesErrors]
    permission: str
    act: Act
    said: Any


def _plain(service: Callable[..., Any]) -> Act:
    """A service that takes what the form read."""
    return lambda http, request, data: service(actor=http.user, request=request, **data)


def _with_photos(service: Callable[..., Any]) -> Act:
    """The same for a form with photos."""

    def act(http: StaffRequest, request: ReturnRequest, data: dict[str, Any]) -> Any:
        files = store_photos(data.pop("photos"))
        return service(actor=http.user, request=request, files=files, **data)

    return act


def _answer(http: StaffRequest, request: ReturnRequest, data: dict[str, Any]) -> Any:
    return answer_appeal(actor=http.user, request=request, **{**data, "granted": data["granted"] == "1"})


def _appeal(http: StaffRequest, request: ReturnRequest, data: dict[str, Any]) -> Any:
    return appeal_return(actor=http.user, request=request, text=data["text"])


def _with_unit(service: Callable[..., Any]) -> Act:
    """A service that hands over the unit whose number was typed."""

    def act(http: StaffRequest, request: ReturnRequest, data: dict[str, Any]) -> Any:
        typed = data.pop("replacement")
        unit = None
        if typed:
            seen = Unit.objects.visible_to(http.user).filter(product_id=request.product_id)
            unit = seen.filter(identifiers__folded=fold_identifier(typed)).first() or seen.filter(number=typed).first()
            if unit is None:
                raise DomainError("unknown_unit", _("No unit of this product has this number."), field="replacement")
        return service(actor=http.user, request=request, replacement_unit=unit, **data)

    return act


def _dispose(http: StaffRequest, request: ReturnRequest, data: dict[str, Any]) -> Any:
    data.pop("version")
    return dispose(actor=http.user, request=request, **data)


STEPS: dict[str, Step] = {
    "approve": Step(forms.ApproveForm, "return.approve", _plain(approve_return), _("Approved. The customer is told.")),
    "reject": Step(forms.RejectForm, "return.approve", _plain(reject_return), _("Refused. The customer is told why.")),
    "transit": Step(forms.TransitForm, "return.create", _plain(send_on_its_way), _("Written down: it is on its way.")),
    "receive": Step(forms.ReceiveForm, "return.receive", _with_photos(receive_return), _("Received. It lies apart.")),
    "begin": Step(forms.VersionedForm, "return.receive", _plain(begin_inspection), _("The inspection has begun.")),
    "inspect": Step(forms.InspectForm, "return.receive", _with_photos(inspect_return), _("Graded.")),
    "decide": Step(forms.DecideForm, "return.decide", _plain(decide_return), _("Decided. The customer is told.")),
    "settle": Step(forms.SettleForm, "return.decide", _with_unit(settle_return), _("Done and written down.")),
    "advance": Step(
        advance_forms.AdvanceForm, "return.decide", _with_unit(replace_in_advance), _("Handed over and written down.")
    ),
    "deposit_back": Step(
        advance_forms.DepositBackForm,
        "return.decide",
        _plain(give_deposit_back),
        _("Written down: the deposit went back."),
    ),
    "deposit_kept": Step(
        advance_forms.DepositKeptForm,
        "return.decide",
        _plain(keep_deposit),
        _("Written down. The customer is told why."),
    ),
    "more_days": Step(
        advance_forms.MoreDaysForm, "return.decide", _plain(give_more_days), _("Written down. The customer is told.")
    ),
    "close": Step(forms.VersionedForm, "return.receive", _plain(close_return), _("Closed for good.")),
    "appeal": Step(forms.AppealForm, "return.create", _appeal, _("Taken down. Somebody else looks at it.")),
    "answer": Step(forms.AnswerForm, "return.approve", _answer, _("Answered. The customer is told.")),
    "dispose": Step(forms.DisposeForm, "stock.view", _dispose, _("Moved and written down.")),
    "withdraw": Step(forms.WithdrawForm, "return.create", _plain(withdraw_return), _("Withdrawn.")),
}


@needs("return.view")
@require_safe
def detail(http: StaffRequest, number: str) -> HttpResponse:
    """The return with its rules, its way, its photos, and what can be done now."""
    return page_of(http, return_for(http.user, number))


def page_of(
    http: StaffRequest, request: ReturnRequest, *, bound: dict[str, Any] | None = None, status: int = 200,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; ``bound`` are forms that were sent and could not be used."""
    initial = {"version": request.version, "paid_method": request.paid_method}
    shown = {
        name: (bound or {}).get(name) or STEPS[name].form(initial=initial, prefix=name)
        for name in steps_open(http.user, request)
    }
    if "decide" in shown and request.in_advance is not None and isinstance(shown["decide"], forms.DecideForm):
        shown["decide"].only_replacement()
    context = {
        "request_": request,
        "item": request,
        "forms": shown,
        "error": error,
        "rules": lines_of(request.rules),
        "files": files_of(request),
        "movements": list(movements_for(request.number)) if http.user.may("stock.view") else [],
        "lines": list(request.checklist.select_related("done_by").order_by("position", "pk")),
        "may_work": can_work_on(http.user, request) and http.user.may("return.receive"),
        "promises": list(request.delivery_promises.order_by("-pk")[:1]),
        "may_spend": http.user.may("return.decide"),
        "credit_form": (bound or {}).get("credit") or forms.CreditForm(prefix="credit"),
        **facts_of(request),
    }
    return render(http, "returns/detail.html", context, status=status)


def step_view(name: str) -> Callable[..., HttpResponse]:
    """The view of one step."""
    step = STEPS[name]

    @needs("return.view", step.permission)
    @require_POST
    def view(http: StaffRequest, number: str) -> HttpResponse:
        request = return_for(http.user, number)
        form = step.form(http.POST, http.FILES, prefix=name)
        if not form.is_valid():
            return page_of(http, request, bound={name: form}, status=422)
        try:
            step.act(http, request, dict(form.cleaned_data))
        except DomainError as error:
            form.take_error(error)
            fresh = return_for(http.user, number)
            shown = name in steps_open(http.user, fresh)
            return page_of(http, fresh, bound={name: form}, status=status_of(error), error=None if shown else error)
        messages.success(http, step.said)
        return redirect("returns:detail", request.number)

    view.__doc__ = f"Take the step “{name}”."
    return view


@needs("return.view", "return.decide")
@require_POST
def spend(http: StaffRequest, number: str) -> HttpResponse:
    """The credit note of this return was spent."""
    request = return_for(http.user, number)
    form = forms.CreditForm(http.POST, prefix="credit")
    note = getattr(request, "credit_note", None)
    if note is None or not form.is_valid():
        return page_of(http, request, bound={"credit": form}, status=422)
    try:
        spend_credit(actor=http.user, note=note, memo=form.cleaned_data["memo"])
    except DomainError as error:
        form.take_error(error)
        return page_of(http, request, bound={"credit": form}, status=status_of(error))
    messages.success(http, _("Written down: the credit is spent."))
    return redirect("returns:detail", request.number)
