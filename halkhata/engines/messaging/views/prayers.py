"""A branch's prayer times."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.policies import mailbox_branches
from halkhata.engines.messaging.selectors.texting import own_prayer_times, prayer_spans
from halkhata.engines.messaging.services.texting_settings import save_prayer_times
from halkhata.engines.messaging.text_forms import PrayerForm
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import MONTH_NAMES
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.own_numbers import text_in_field
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.days import today
from halkhata.records.customers.country_packs.texting import Span, texting_rules


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def prayers(request: StaffRequest, pk: int) -> HttpResponse:
    """A line for each month: the branch's own, else those of the branch above, else the country's table."""
    branch = get_object_or_404(mailbox_branches(request.user), pk=pk)
    row = own_prayer_times(branch)
    own = row is not None and row.branch_id == branch.pk
    rules = texting_rules(Installation.current().country, today())
    months, friday = prayer_spans(row) if row is not None else (rules.prayers, rules.friday)
    initial = {f"month_{number}": _written(spans) for number, spans in enumerate(months, start=1)}
    initial |= {"friday": _written(friday), "version": str(row.version if own and row is not None else 0)}
    names = list(MONTH_NAMES[current_reader().language])
    form, status = PrayerForm(request.POST or None, initial=initial, months=names), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                save_prayer_times(
                    actor=request.user, branch=branch, months=[data[f"month_{number}"] for number in range(1, 13)],
                    friday=data["friday"], version=data["version"],
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("messaging:texting")
    return render(request, "messaging/prayers.html", {"form": form, "branch": branch, "own": own}, status=status)


def _written(spans: tuple[Span, ...]) -> str:
    return text_in_field(", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in spans))
