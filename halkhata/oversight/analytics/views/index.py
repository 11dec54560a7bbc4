"""All reports, with what each answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest

# What each report answers: its page, name, question, icon.
REPORTS = (
    (
        "analytics:promises",
        _("Promises kept"),
        _("Which first answers, next answers and solutions came in time, and why others did not"),
        "gauge",
    ),
    (
        "analytics:stages",
        _("Whose time it was"),
        _("How long solving took, and how much of it was ours, the customer's and the manufacturer's"),
        "clock",
    ),
    (
        "analytics:causes",
        _("What goes wrong most"),
        _("The few causes, categories and branches behind most complaints"),
        "zoom-question",
    ),
    (
        "analytics:repeats",
        _("Customers who had to come back"),
        _("How many contacts came within seven days of an earlier one, week by week"),
        "phone",
    ),
)


@require_safe
@needs("report.view")
def index(request: StaffRequest) -> HttpResponse:
    """The list of reports."""
    rows = [{"url_name": name, "label": label, "text": text, "icon": icon} for name, label, text, icon in REPORTS]
    return render(request, "analytics/index.html", {"reports": rows})
