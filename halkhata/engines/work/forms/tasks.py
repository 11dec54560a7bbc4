"""How a planned piece of work ended, and when to try again (US-03)."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import TRY_AGAIN, Outcome
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.calendars import next_working_time
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import moment_input
from halkhata.foundation.core.reader import current_reader

AGAIN = (
    ("tomorrow", _("Tomorrow morning")),
    ("hours", _("In two hours")),
    ("days", _("In three days")),
    ("week", _("In a week")),
)


class TaskResultForm(TakesErrors):
    """One tap: the result. "No answer" and "call later" take a next time, tomorrow morning unless another is chosen."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=[choice for choice in Outcome.choices if choice[0]])
    again = forms.ChoiceField(label=_("Try again"), choices=AGAIN, required=False)
    again_at = forms.DateTimeField(label=_("Or at a time of your own"), required=False, widget=moment_input())
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, item: WorkItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item

    @property
    def tries_again(self) -> bool:
        """Whether the chosen result puts the work off instead of ending it."""
        return self.cleaned_data["outcome"] in TRY_AGAIN

    def next_time(self) -> datetime:
        """The next try, inside the branch's hours: no call at night (US-03)."""
        own = self.cleaned_data.get("again_at")
        if own is not None:
            return own
        at = now()
        choice = self.cleaned_data.get("again") or "tomorrow"
        wanted = at + timedelta(hours=2) if choice == "hours" else _morning(at, {"days": 3, "week": 7}.get(choice, 1))
        return next_working_time(self.item.branch, wanted)


def _morning(at: datetime, days: int) -> datetime:
    zone = current_reader().zone
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=days), time(10), tzinfo=zone)
