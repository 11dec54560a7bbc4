"""Today's list: one's own, or somebody else's for whoever is in charge of him (US-03)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from halkhata.engines.work.choices import Outcome
from halkhata.engines.work.forms.tasks import AGAIN
from halkhata.engines.work.policies import assignable, can_assign, can_look_at_day_of
from halkhata.engines.work.selectors.red_board import to_confirm
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.engines.work.selectors.today import today_list
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound


@require_GET
@needs("work.view")
def today(request: StaffRequest) -> HttpResponse:
    """Overdue, today, tomorrow."""
    user = request.user
    person = _person(user, request.GET.get("person", ""))
    day = today_list(person, viewer=user)
    return render(
        request,
        "work/today.html",
        {
            "person": person,
            "is_own": person.pk == user.pk,
            "people": by_name(assignable(user)) if can_assign(user) else [],
            "day": day,
            "sections": [
                ("overdue", _("Late"), day.overdue, "alert-triangle"),
                ("today", _("Today"), day.today, "calendar-due"),
                ("tomorrow", _("Tomorrow"), day.tomorrow, "calendar"),
            ],
            "outcomes": [choice for choice in Outcome.choices if choice[0]],
            "again": AGAIN,
            "to_confirm": item_rows(to_confirm(user)) if person.pk == user.pk else [],
            "now": now(),
        },
    )


def _person(user: User, wanted: str) -> User:
    if not wanted or wanted == str(user.pk):
        return user
    person = None
    if wanted.isascii() and wanted.isdigit():
        person = User.objects.select_related("role", "branch").filter(pk=int(wanted[:18])).first()
    if person is None or not can_look_at_day_of(user, person):
        raise NotFound("person_not_found", _("There is no such person in your reach."))
    return person
