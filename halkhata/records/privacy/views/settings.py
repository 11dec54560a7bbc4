"""Wordings, periods, stopped contacts, breaches, the record of uses, and who looked at private fields."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.records.customers.selectors.keyset import page_by_time
from halkhata.records.customers.views.paging import page_links
from halkhata.records.privacy.choices import DECIDED, ConsentSource, Purpose, StopReason
from halkhata.records.privacy.forms import (
    ActivityForm,
    BreachForm,
    DoubleForm,
    LiftForm,
    PeriodForm,
    StopForm,
    WordingForm,
)
from halkhata.records.privacy.models import Breach, DoNotContact, ProcessingActivity
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.access_log import access_page
from halkhata.records.privacy.selectors.consents import current_wording
from halkhata.records.privacy.selectors.schedule import retention_rows
from halkhata.records.privacy.services.activities import save_activity
from halkhata.records.privacy.services.breaches import save_breach
from halkhata.records.privacy.services.consents import publish_wording
from halkhata.records.privacy.services.reading_contacts import read_number_or_address
from halkhata.records.privacy.services.retention import set_period
from halkhata.records.privacy.services.settings import privacy_settings, save_settings
from halkhata.records.privacy.services.stops import lift_stop, stop_contact


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def wordings(request: StaffRequest) -> HttpResponse:
    """The words that customers agree to, and whether e-mail is confirmed."""
    require_privacy(request.user)
    row = privacy_settings()
    form = DoubleForm(request.POST or None, initial={"double_opt_in": row.double_opt_in})
    if request.method == "POST" and form.is_valid():
        save_settings(actor=request.user, double_opt_in=form.cleaned_data["double_opt_in"])
        messages.success(request, _("Saved."))
        return redirect("privacy:wordings")
    shown = [{"purpose": purpose, "wording": current_wording(purpose)} for purpose in DECIDED]
    return render(request, "privacy/wordings.html", {"form": form, "wordings": shown})


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def wording(request: StaffRequest, purpose: str) -> HttpResponse:
    """The next wording of one purpose."""
    require_privacy(request.user)
    if purpose not in DECIDED:
        raise NotFound("no_such_purpose", _("There is no such purpose."))
    known = current_wording(purpose)
    initial = {"text_bn": known.text_bn, "text_en": known.text_en} if known else {}
    form = WordingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            publish_wording(actor=request.user, purpose=purpose, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Published. Whoever agrees from now on agrees to these words."))
            return redirect("privacy:wordings")
    context = {"form": form, "purpose": Purpose(purpose), "wording": known}
    return render(request, "privacy/wording.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def stops(request: StaffRequest) -> HttpResponse:
    """Numbers and addresses that nothing goes to; they are kept as hashes, so the list names nobody."""
    require_privacy(request.user)
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kind, value = read_number_or_address(form.cleaned_data["typed"])
            reason = form.cleaned_data["reason"]
            purposes = [""] if reason == StopReason.WRONG_PERSON else list(DECIDED)
            stop_contact(
                kind=kind, value=value, purposes=purposes, reason=reason, source=ConsentSource.COUNTER,
                actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Nothing goes there any more."))
            return redirect("privacy:stops")
    return _stops_page(request, form, LiftForm(auto_id="lift_%s"), 422 if form.errors else 200)


@require_POST
@needs("privacy.manage")
def stop_lift(request: StaffRequest) -> HttpResponse:
    """The person takes it back."""
    require_privacy(request.user)
    form = LiftForm(request.POST, auto_id="lift_%s")
    if form.is_valid():
        try:
            kind, value = read_number_or_address(form.cleaned_data["typed"])
            count = lift_stop(actor=request.user, kind=kind, value=value, how=form.cleaned_data["how"])
        except DomainError as error:
            form.take_error(error)
        else:
            if count:
                messages.success(request, _("Taken back. Offers still need a consent."))
            else:
                messages.info(request, _("Nothing was stopped for this number or address."))
            return redirect("privacy:stops")
    return _stops_page(request, StopForm(), form, 422)


def _stops_page(request: StaffRequest, form: StopForm, lift_form: LiftForm, status: int) -> HttpResponse:
    page = page_by_time(
        DoNotContact.objects.all(), field="since", before=request.GET.get("before"), after=request.GET.get("after")
    )
    purposes = dict(Purpose.choices)
    rows = [{"stop": row, "purpose": purposes.get(row.purpose, "")} for row in page.items]
    context = {"rows": rows, "form": form, "lift_form": lift_form, **page_links(request, page)}
    return render(request, "privacy/stops.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def retention(request: StaffRequest) -> HttpResponse:
    """Each class of data with its period."""
    require_privacy(request.user)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_period(actor=request.user, code=request.POST.get("code", ""), days=form.cleaned_data["days"])
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:retention")
    context = {"rows": retention_rows(), "form": form, "chosen": request.POST.get("code", "")}
    return render(request, "privacy/retention.html", context, status=422 if form.errors else 200)


@require_GET
@needs("privacy.manage")
def breaches(request: StaffRequest) -> HttpResponse:
    """The register."""
    require_privacy(request.user)
    page = page_by_time(
        Breach.objects.all(), field="noticed_at", before=request.GET.get("before"), after=request.GET.get("after")
    )
    return render(request, "privacy/breaches.html", {"rows": page.items, "now": now(), **page_links(request, page)})


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def breach_new(request: StaffRequest) -> HttpResponse:
    """Write one down."""
    return _breach(request, None)


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def breach(request: StaffRequest, number: str) -> HttpResponse:
    """What is known of it by now."""
    require_privacy(request.user)
    return _breach(request, get_object_or_404(Breach, number=number))


def _breach(request: StaffRequest, row: Breach | None) -> HttpResponse:
    require_privacy(request.user)
    names = [name for name in BreachForm.base_fields if name != "close"]
    initial = {name: getattr(row, name) for name in names} if row else {}
    form = BreachForm(request.POST or None, initial=initial)
    if row is not None:
        del form.fields["noticed_at"]
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if row is None and not values.get("noticed_at"):
            values.pop("noticed_at", None)
        try:
            saved = save_breach(actor=request.user, breach=row, version=form.seen_version if row else None, **values)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:breach", saved.number)
    context = {"form": form, "row": row, "now": now()}
    return render(request, "privacy/breach.html", context, status=422 if form.errors else 200)


@require_GET
@needs("privacy.manage")
def activities(request: StaffRequest) -> HttpResponse:
    """What personal data are used for; the page prints as the document of Art. 30."""
    require_privacy(request.user)
    return render(request, "privacy/activities.html", {"rows": ProcessingActivity.objects.all()[:200]})


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def activity_new(request: StaffRequest) -> HttpResponse:
    """One more line."""
    return _activity(request, None)


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def activity(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a line."""
    require_privacy(request.user)
    return _activity(request, get_object_or_404(ProcessingActivity, pk=pk))


def _activity(request: StaffRequest, row: ProcessingActivity | None) -> HttpResponse:
    require_privacy(request.user)
    initial = {name: getattr(row, name) for name in ActivityForm.base_fields} if row else {}
    form = ActivityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            save_activity(actor=request.user, activity=row, version=form.seen_version if row else None, **values)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:activities")
    return render(request, "privacy/activity.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_GET
@needs("privacy.manage")
def access_log(request: StaffRequest) -> HttpResponse:
    """Who had private fields shown, took data out or erased them."""
    require_privacy(request.user)
    before = request.GET.get("before", "")
    page = access_page(before=int(before[:18]) if before.isascii() and before.isdecimal() else None)
    older = f"?before={page.older}" if page.older else ""
    return render(request, "privacy/access_log.html", {"rows": page.rows, "older_url": older})
