"""What this app tells the registries: navigation, settings, notices, demo."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    ReportPage,
    SettingsPage,
    demo_clearers,
    navigation,
    report_pages,
    settings_pages,
)


def register_all() -> None:
    """Fill the registries; called when the app is ready."""
    report_pages.register(
        "quality.report",
        ReportPage(
            label=gettext_lazy("Conduct"), question=gettext_lazy("Scores of drawn conversations, by person and month"),
            url_name="quality:report", icon="star", permissions=("report.view", "quality.score"), order=60,
        ),
    )  # fmt: skip
    navigation.register(
        "quality",
        NavItem(
            label=gettext_lazy("Conduct"), url_name="quality:board", icon="star", section="insight", order=82,
            permission="quality.score",
        ),
    )  # fmt: skip
    navigation.register(
        "quality.mine",
        NavItem(
            label=gettext_lazy("My record"), url_name="quality:mine", icon="user-check", section="insight", order=84,
            permission="ticket.view",
        ),
    )  # fmt: skip
    for name, label, description, url_name, icon, order in (
        ("guide", gettext_lazy("Conduct guide"), gettext_lazy("How we speak with customers"), "guide_edit", "book", 77),
        ("rubric", gettext_lazy("Scorecard"), gettext_lazy("What drawn conversations are scored by"), "rubric", "star",
         78),
    ):  # fmt: skip
        settings_pages.register(
            f"quality.{name}",
            SettingsPage(label=label, description=description, icon=icon, url_name=f"quality:{url_name}", order=order),
        )
    notification_sentences.register("quality.scored", _scored)
    notification_sentences.register("quality.disputed", _disputed)
    notification_sentences.register("quality.answered", _answered)
    # Before the invented people and their work.
    demo_clearers.register("quality", DemoClearer(order=12, clear=_clear_demo))


def _percent(data: dict[str, Any]) -> str:
    return format_number(int(data.get("percent", 0)), digits=current_reader().digits)


def _scored(data: dict[str, Any]) -> str:
    return _("A conversation of yours was scored: %(percent)s of 100") % {"percent": _percent(data)}


def _disputed(data: dict[str, Any]) -> str:
    name_bn, name_en = (*data.get("person", ()), "", "")[:2]
    return _("%(name)s objects to a score: please hear it") % {"name": in_reader_language(name_bn, name_en)}


def _answered(data: dict[str, Any]) -> str:
    if data.get("outcome") == "changed":
        return _("An objection was heard: the score is now %(percent)s of 100") % {"percent": _percent(data)}
    return _("An objection was heard: the score stays at %(percent)s of 100") % {"percent": _percent(data)}


def _clear_demo() -> int:
    from halkhata.oversight.quality.models import Sample, Scorecard

    cards = Scorecard.objects.filter(Q(user__is_demo=True) | Q(scorer__is_demo=True) | Q(answered_by__is_demo=True))
    gone = cards.delete()[0]
    return gone + Sample.objects.filter(Q(user__is_demo=True) | Q(conversation__item__is_demo=True)).delete()[0]
