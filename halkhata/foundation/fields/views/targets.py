"""What all settings pages of the fields share: which records, and the tabs above the page."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.fields.registry import FieldTarget, field_targets

TABS: dict[str, Any] = {"fields": _("Fields"), "layout": _("Layouts"), "rules": _("Rules"), "tags": _("Tags")}


def known_target(name: str) -> FieldTarget:
    """The target of this name. Raises Http404."""
    found = field_targets.find(name)
    if found is None:
        raise Http404
    return found


def shell(target: str, tab: str) -> dict[str, Any]:
    """Values of the tabs: records to choose from, and the four pages about them."""
    return {
        "target": target,
        "of": known_target(target),
        "targets": [
            {"label": entry.label, "url": reverse(f"fields:{tab}", args=[name]), "active": name == target}
            for name, entry in sorted(field_targets.items(), key=lambda pair: pair[1].order)
        ],
        "tabs": [
            {"label": label, "url": reverse(f"fields:{name}", args=[target]), "active": name == tab}
            for name, label in TABS.items()
        ],
    }
