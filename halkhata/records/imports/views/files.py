"""Files of an import: its problem rows, and a sample to begin with."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.table_cells import BYTE_ORDER_MARK, csv_lines
from halkhata.records.imports.policies import refuse_unless_may_import
from halkhata.records.imports.reading.sources import path_of
from halkhata.records.imports.selectors.runs import problem_rows, run_for

# Invented people; numbers of the closed block.
SAMPLE = (
    ("রহিম উদ্দিন", "01100-000101", "মিরপুর ১০, ঢাকা", "ঢাকা"),
    ("Karim Mia", "1100000102", "Station Road, Bogura", "বগুড়া"),
    ("সালমা খাতুন", "+880 1100 000103, ০১১০০০০০১০৪ (স্বামী)", "কলেজ রোড", "বরিশাল"),
)


@require_GET
@needs("customer.import")
def problems(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows with something the matter, as they stand in the file, and what it is."""
    run = run_for(request.user, pk)
    path_of(run)
    return _csv(csv_lines(problem_rows(run)), f"problems-{run.pk}.csv")


@require_GET
@needs("customer.import")
def sample(request: StaffRequest) -> HttpResponse:
    """A small list to see how it goes."""
    refuse_unless_may_import(request.user)
    headings = (_("Name (in either script)"), _("Phone"), _("Address: house, road, village"), _("District"))
    return _csv(csv_lines([headings, *SAMPLE]), "sample.csv")


def _csv(lines: Iterable[str], name: str) -> HttpResponse:
    # Whole and not in pieces: so many rows are named at most (MOST_ISSUES), and ASGI would gather the pieces anyway.
    response = HttpResponse(BYTE_ORDER_MARK + "".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
