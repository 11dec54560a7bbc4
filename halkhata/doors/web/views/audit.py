"""The audit trail, for reading: newest first, filters in the address, keyset pages."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.doors.web.audit_texts import field_changes, note_shown, shown
from halkhata.doors.web.audit_words import action_label, action_labels, record_label
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.names import names_of
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import staff_visible_to
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.selectors import used_actions
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits

PAGE_SIZE = 50


class AuditFilter(forms.Form):
    """Who, what, when."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    on = forms.CharField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = by_name(staff_visible_to(reader).order_by("username"))
        names = ((str(user.pk), user.name) for user in people)
        offer_choices(self, "who", [("", _("Everybody")), *names, ("system", _("The product itself"))])
        offer_choices(self, "action", [("", _("Everything")), *action_labels(used_actions())])


@needs("audit.view")
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """One page of the trail: at most PAGE_SIZE entries, before the id in ``before``."""
    form = AuditFilter(request.GET or None, reader=request.user)
    entries = AuditEntry.objects.order_by("-id")
    if request.user.role.scope != "all":
        # A branch manager reads what the own people did; the product's own acts have no branch.
        entries = entries.filter(actor_id__in=staff_visible_to(request.user).values("pk"))
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if chosen.get("who") == "system":
        entries = entries.filter(actor_id__isnull=True)
    elif chosen.get("who"):
        entries = entries.filter(actor_id=int(chosen["who"]))
    if chosen.get("action"):
        entries = entries.filter(action=chosen["action"])
    day = _day(chosen.get("on", ""))
    if day is not None:
        entries = entries.filter(at__gte=day, at__lt=day + timedelta(days=1))
    before = fold_digits(request.GET.get("before", ""))
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(id__lt=int(before))
    found = list(entries[: PAGE_SIZE + 1])
    names = names_of(entry.actor_id for entry in found)
    rows = [
        {"entry": entry, "label": action_label(entry.action), "record": record_label(entry.record_type),
         "changes": field_changes(entry.before, entry.after),
         "actor": names.get(entry.actor_id or 0, entry.actor_label),
         "whose": shown(entry.record_label), "note": note_shown(entry.note)}
        for entry in found[:PAGE_SIZE]
    ]  # fmt: skip
    kept = {name: value for name, value in chosen.items() if value}
    older = "?" + urlencode({**kept, "before": found[PAGE_SIZE - 1].pk}) if len(found) > PAGE_SIZE else ""
    newest = "?" + urlencode(kept) if before else ""
    return render(
        request, "web/audit.html",
        {"form": form, "rows": rows, "older_url": older, "newest_url": newest, "is_filtered": bool(kept)},
    )  # fmt: skip


def _day(text: str) -> datetime | None:
    """The midnight that begins the day, in the reader's zone; None for what is no date."""
    try:
        day = parse_date(fold_digits(clean_text(text)))
    except ValueError:
        return None
    return datetime.combine(day, time.min, tzinfo=current_reader().zone) if day else None
