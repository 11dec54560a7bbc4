"""The first page of the day: what must be done, and the numbers that matter."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from halkhata.doors.web.selectors.first_steps import first_steps
from halkhata.doors.web.selectors.numbers import satisfaction, work_numbers
from halkhata.engines.work.selectors.pressing import pressing_items
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.engines.work.selectors.today import today_list
from halkhata.foundation.accounts.jobs import ask_to_clear_demo, demo_work
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import can_clear_demo
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import PermissionRefused
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import demo_data

STEPS_COOKIE = "first_steps"
# Rows of each part of today's list; the whole list is one press away.
SHOWN = 8


@needs()
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Greeting, today's list, numbers, first steps of a new shop."""
    user, at = request.user, now()
    context: dict[str, Any] = {
        "greeting": _greeting(at) % {"name": user.name},
        "now": at,
        "shown": SHOWN,
        "acts": _acts(user),
    }
    if user.may("work.view"):
        context |= {"today": today_list(user, at=at), "numbers": work_numbers(user, at)}
        context["sees_reports"] = user.may("report.view")
    if user.may("work.view") and user.may("ticket.assign"):
        context["pressing"] = item_rows(pressing_items(user, at=at, limit=SHOWN), at)
    if user.may("feedback.view"):
        context["csat"] = satisfaction(user, at)
    if can_clear_demo(user):
        loaded = Installation.current().demo_loaded_at is not None
        context |= {"may_clear_demo": loaded and "demo" in demo_data, "demo_work": demo_work()}
        if not loaded and request.COOKIES.get(STEPS_COOKIE) != "off":
            context |= {"steps": _steps(user), "demo_offered": "demo" in demo_data and not context["demo_work"]}
    return render(request, "web/home.html", context)


def _steps(user: Any) -> list[dict[str, Any]]:
    try:
        return first_steps(user)
    except NoReverseMatch:
        return []  # an install without one of the desks has no such week


# The acts somebody does with a customer standing there: label, page, icon, right.
ACTS: tuple[tuple[Any, str, str, str], ...] = (
    (_("Take a complaint"), "tickets:new", "ticket", "ticket.create"),
    (_("New customer"), "customers:new", "user-plus", "customer.edit"),
)


def _acts(user: Any) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(name), "icon": icon} for label, name, icon, right in ACTS if user.may(right)
    ]  # fmt: skip


def _greeting(at: Any) -> Any:
    hour = at.astimezone(current_reader().zone).hour
    if 4 <= hour < 12:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")


@needs()
@require_POST
def dismiss_steps(request: StaffRequest) -> HttpResponse:
    """Put the first steps away on this browser; the start page can bring the examples at any time."""
    response = redirect("web:home")
    response.set_cookie(STEPS_COOKIE, "off", max_age=60 * 60 * 24 * 365, samesite="Lax", httponly=True)
    return response


@needs()
@require_POST
def clear_demo(request: StaffRequest) -> HttpResponse:
    """One press removes everything invented (a worker does it)."""
    if not can_clear_demo(request.user):
        raise PermissionRefused("permission_refused", _("Only whoever runs the shop may remove the examples."))
    if "demo" not in demo_data:
        raise Http404
    ask_to_clear_demo()
    messages.success(request, str(_("The examples are being removed. This takes a moment.")))
    return redirect("web:home")
