"""The words of this desk in the life of a unit."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import in_reader_language


def _recall(text: Any) -> Any:
    def sentence(data: dict[str, Any]) -> str:
        name = in_reader_language(str(data.get("bn", "")), str(data.get("en", "")))
        return str(text % {"name": name})

    return sentence


LIFE: dict[str, Any] = {
    "reminder.stopped": lambda _data: _("The owner wants no reminders about this unit"),
    "reminder.allowed": lambda _data: _("The owner wants to be reminded again"),
    "recall.done": _recall(_("Recall done: %(name)s")),
}
