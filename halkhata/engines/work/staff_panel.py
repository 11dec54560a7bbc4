"""Skills, load and shift of members of staff, on the pages about them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.engines.work.policies import assignable, can_edit_settings, can_train
from halkhata.engines.work.selectors.people import PersonRow, people_rows, standings
from halkhata.engines.work.templatetags.work import hours
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

STAFF_COLUMNS = (gettext_lazy("Skills"), gettext_lazy("Open work"), gettext_lazy("Shift today"))


def staff_cells(people: Sequence[User]) -> dict[int, Sequence[Any]]:
    """Skills, open work and today's shift of each person."""
    rows = people_rows(User.objects.filter(pk__in=[user.pk for user in people]), now())
    return {row.user.pk: (", ".join(row.skills) or "–", load_words(row), shift_words(row)) for row in rows}


def load_words(row: PersonRow) -> str:
    """ "7" or "7 of 10"."""
    digits = current_reader().digits
    load = format_number(row.load, digits=digits)
    if row.ceiling is None:
        return load
    return _("%(load)s of %(ceiling)s") % {"load": load, "ceiling": format_number(row.ceiling, digits=digits)}


def shift_words(row: PersonRow) -> str:
    """Today's hours, in words where there are none."""
    if row.is_away:
        return _("away")
    if not row.has_shifts:
        return _("always")
    return hours(row.today) if row.today else _("off")


def staff_panel(viewer: User, person: User) -> dict[str, Any]:
    """Values of the card on a person's page."""
    (row,) = people_rows(User.objects.filter(pk=person.pk), now())
    return {
        "row": row,
        "load": load_words(row),
        "shift": shift_words(row),
        "standings": standings([person], now())[person.pk],
        "may_edit": can_edit_settings(viewer) and assignable(viewer).filter(pk=person.pk).exists(),
        "may_train": can_train(viewer),
    }
