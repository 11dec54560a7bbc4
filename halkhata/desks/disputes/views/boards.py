"""Lists: the board, the register of decisions, actions, the law of the house."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.disputes.choices import ActionState, Finding, Ground
from halkhata.desks.disputes.forms import LawForm
from halkhata.desks.disputes.models import Action, Dispute, OutsideCase
from halkhata.desks.disputes.selectors.cases import FIRST_VIEW, VIEWS, BoardFilter, board_counts, board_page
from halkhata.desks.disputes.selectors.detail import remedies_owed
from halkhata.desks.disputes.selectors.precedents import consistency, find_decisions
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.services.settings import save_law
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.capped import shown_on_tab
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of

TABS = {
    "open": gettext_lazy("Open"),
    "mine": gettext_lazy("Mine"),
    "argued": gettext_lazy("To be decided"),
    "remedy": gettext_lazy("To be done"),
    "ended": gettext_lazy("Ended"),
    "all": gettext_lazy("All"),
}


@needs("dispute.view")
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Disputes by state; filters stand in the address."""
    query = request.GET
    wanted = BoardFilter(
        view=query["view"] if query.get("view") in VIEWS else FIRST_VIEW,
        ground=query["ground"] if query.get("ground") in Ground.values else "",
    )
    counts = board_counts(request.user, wanted)
    page = board_page(request.user, wanted, before=query.get("before"), after=query.get("after"))
    context = {
        "page": page,
        "wanted": wanted,
        "tabs": [
            {"label": label, "url": _address(query, view=name), "active": name == wanted.view}
            | shown_on_tab(counts[name])
            for name, label in TABS.items()
        ],
        "grounds": Ground.choices,
        "newer_url": _address(query, after=page.newer) if page.newer else "",
        "older_url": _address(query, before=page.older) if page.older else "",
        "may_open": request.user.may("dispute.open"),
        "may_outside": request.user.may("dispute.outside"),
        "may_settings": request.user.may("settings.edit"),
    }
    return render(request, "disputes/board.html", context)


@needs("dispute.view")
@require_safe
def register(request: StaffRequest) -> HttpResponse:
    """The register of decisions, searched by product, cause and words in either script."""
    query = request.GET
    text, cause, finding = (query.get(name, "")[:200] for name in ("q", "cause", "finding"))
    context = {
        "decisions": find_decisions(request.user, text=text, cause=cause, finding=finding),
        "text": text,
        "cause": cause,
        "finding": finding,
        "grounds": Ground.choices,
        "findings": Finding.choices,
        "is_filtered": bool(text or cause or finding),
        "may_report": request.user.may("report.view"),
    }
    return render(request, "disputes/register.html", context)


@needs("dispute.view", "report.view")
@require_safe
def consistency_report(request: StaffRequest) -> HttpResponse:
    """Whether like cases are decided alike, over the last year."""
    return render(request, "disputes/consistency.html", {"rows": consistency(request.user)})


@needs("dispute.view")
@require_safe
def actions(request: StaffRequest) -> HttpResponse:
    """What is to be changed in the house, and what is to be checked."""
    # A subquery: the seats that widen a reviewer's sight would give a row twice.
    seen = Action.objects.filter(dispute__in=Dispute.objects.visible_to(request.user).values("pk"))
    rows = seen | Action.objects.filter(owner=request.user)
    open_rows = rows.exclude(state=ActionState.EFFECTIVE).select_related("dispute", "owner", "reopened_by")
    done = rows.filter(state=ActionState.EFFECTIVE).select_related("dispute", "owner", "reopened_by")
    context = {
        "rows": list(open_rows.order_by("due_on", "pk").distinct()[:200]),
        "done": list(done.order_by("-checked_at", "-pk").distinct()[:50]),
        "remedies": remedies_owed(request.user),
        "may_handle": request.user.may("dispute.handle"),
    }
    return render(request, "disputes/actions.html", context)


@needs("dispute.view", "dispute.outside")
@require_safe
def cases(request: StaffRequest) -> HttpResponse:
    """Cases at offices and courts: the next hearing first."""
    seen = Dispute.objects.visible_to(request.user).values("pk")
    rows = OutsideCase.objects.filter(Q(dispute__in=seen)).select_related("dispute__customer")
    context = {
        "open_rows": list(rows.filter(state="open").order_by("hearing_at", "pk")[:200]),
        "ended_rows": list(rows.filter(state="ended").order_by("-ended_at", "-pk")[:50]),
    }
    return render(request, "disputes/cases.html", context)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def law(request: StaffRequest) -> HttpResponse:
    """The law of the house for disputes."""
    now_held = house_law()
    if request.method == "POST":
        form = LawForm(request.POST)
        if form.is_valid():
            try:
                save_law(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                return render(request, "disputes/settings.html", {"form": form}, status=status_of(error))
            messages.success(request, _("Saved."))
            return redirect("disputes:settings")
        return render(request, "disputes/settings.html", {"form": form}, status=422)
    form = LawForm(initial={name: getattr(now_held, name) for name in LawForm.base_fields})
    return render(request, "disputes/settings.html", {"form": form})


def _address(query: Mapping[str, str], **changes: str) -> str:
    """This page with other filters; a change of filter begins at the first page."""
    kept = {name: query[name] for name in ("view", "ground") if query.get(name)}
    return "?" + urlencode({**kept, **changes})
