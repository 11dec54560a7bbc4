"""The first-run questions (US-21): each on its own screen, each with a sane answer filled in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.forms.setup import HoursStep, LanguageStep, OwnerStep, ShopStep, TradeStep
from halkhata.foundation.accounts.jobs import ask_for_demo
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_clear_demo
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.setup import SetupAnswers, is_set_up, set_up_install
from halkhata.foundation.accounts.views.setup_gate import may_answer
from halkhata.foundation.accounts.views.sign_in import set_language_cookie
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.form_errors import show_error
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.phones import PhoneError
from halkhata.foundation.core.registry import demo_data

STEPS: dict[str, tuple[Any, Any]] = {
    "language": (_("Language"), LanguageStep),
    "trade": (_("Trade"), TradeStep),
    "shop": (_("Shop"), ShopStep),
    "hours": (_("Hours"), HoursStep),
    "owner": (_("You"), OwnerStep),
}
_KEPT = "setup_answers"


def begin(request: HttpRequest) -> HttpResponse:
    """The first question; after set-up there is nothing here."""
    return answer(request, "language")


def answer(request: HttpRequest, step: str) -> HttpResponse:
    """One question. "Skip" keeps what is filled in; the last screen makes the owner's account."""
    if is_set_up() or step not in STEPS:
        raise Http404
    if not may_answer(request):
        return redirect("accounts:setup_code")
    kept = request.session.get(_KEPT, {})
    form_class = STEPS[step][1]
    if request.method == "POST" and "skip" in request.POST and step != "owner":
        return redirect("accounts:setup_step", step=_after(step))
    form = form_class(request.POST or None, initial=kept) if request.method == "POST" else form_class(initial=kept)
    if request.method == "POST" and form.is_valid():
        if step == "owner":
            response = _finish(request, form, kept)
            if response is not None:
                return response
        elif _step_holds(form, kept):
            request.session[_KEPT] = {**kept, **form.cleaned_data}
            response = redirect("accounts:setup_step", step=_after(step))
            if step == "language":
                set_language_cookie(response, form.cleaned_data["language"])
            return response
    names = list(STEPS)
    position = names.index(step)
    return render(
        request, "accounts/setup.html",
        {"form": form, "step": step, "steps": [label for label, _form in STEPS.values()], "current": position + 1,
         "back": names[position - 1] if position else ""},
    )  # fmt: skip


def _after(step: str) -> str:
    names = list(STEPS)
    return names[names.index(step) + 1]


def _step_holds(form: Any, kept: dict[str, Any]) -> bool:
    """Whether the answers so far could be used; what is wrong is shown beside its field."""
    try:
        _answers({**kept, **form.cleaned_data}).check()
    except DomainError as error:
        show_error(form, error, field="phone" if isinstance(error, PhoneError) else None)
        return False
    return True


def _answers(kept: dict[str, Any]) -> SetupAnswers:
    known = {key: value for key, value in kept.items() if key in SetupAnswers.__dataclass_fields__}
    if "closed_weekdays" in known:
        known["closed_weekdays"] = tuple(known["closed_weekdays"])
    return SetupAnswers(**{"language": translation.get_language() or "bn", **known})


def _finish(request: HttpRequest, form: OwnerStep, kept: dict[str, Any]) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        owner = set_up_install(
            answers=_answers(kept), username=data["username"], password=data["password"], owner_name=data["owner_name"]
        )
    except DomainError as error:
        if error.code == "already_set_up":
            raise
        show_error(form, error)
        return None
    request.session.pop(_KEPT, None)
    login(request, owner, backend="halkhata.foundation.accounts.backends.UsernameOrPhoneBackend")
    response = redirect("accounts:start")
    set_language_cookie(response, owner.language)
    return response


@needs()
def choose_data(request: StaffRequest) -> HttpResponse:
    """The last choice: look at invented shops, or begin with one's own data."""
    if not can_clear_demo(request.user):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    install = Installation.current()
    if install.demo_loaded_at is not None:
        return redirect("/")
    if request.method == "POST":
        if request.POST.get("data") == "demo" and "demo" in demo_data:
            ask_for_demo()
            messages.success(request, str(_("The examples are being loaded. This takes about a minute.")))
        return redirect("/")
    return render(request, "accounts/start.html", {"demo_offered": "demo" in demo_data})
