"""What the work engine gives to the house's registries. Called once, from AppConfig.ready()."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work import condition_registrations, handlers, training_sentences
from halkhata.engines.work.choices import UNCONFIRMED, Channel, EscalationTrigger, Metric, Outcome, TaskState
from halkhata.engines.work.models import (
    Absence,
    BusinessCalendar,
    ChecklistTemplate,
    Course,
    CourseAttempt,
    EscalationRule,
    Notification,
    SavedView,
    Skill,
    SlaPolicy,
    WorkItem,
)
from halkhata.engines.work.panels import open_work_panel
from halkhata.engines.work.registry import ItemKind, item_kinds, notification_sentences
from halkhata.engines.work.selectors.shell_numbers import late_items, unread_notices
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.leavers import give_work_back, hand_over_work, held_work
from halkhata.engines.work.staff_panel import STAFF_COLUMNS, staff_cells, staff_panel
from halkhata.foundation.accounts.context import shell_counts
from halkhata.foundation.accounts.registry import StaffPanel, staff_panels
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.formatting import (
    format_datetime,
    format_duration,
    format_number,
    format_ref,
    show_digits,
)
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import (
    DemoClearer,
    LeaverStep,
    NavItem,
    SettingsPage,
    demo_clearers,
    leaver_steps,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    customer_links,
    customer_panels,
    timeline_icons,
    timeline_sentences,
)

LEVEL_WORDS = dict(EscalationRule.LEVELS)


def register_all() -> None:
    """Fill the registries: kinds of planned work, navigation, settings, notices, timeline, customer panel, set-up."""
    assert callable(handlers.recompute_after_edit)  # importing them registers them
    _register_kinds()
    condition_registrations.register()
    _register_pages()
    _register_notices()
    _register_customer()
    shell_counts.register("unread_count", unread_notices)
    setup_steps.register("work", _set_up)
    leaver_steps.register("work", LeaverStep(count=held_work, hand_over=hand_over_work, give_back=give_work_back))
    staff_panels.register(
        "work",
        StaffPanel(
            order=10, template="work/panels/staff.html", context=staff_panel, columns=STAFF_COLUMNS, cells=staff_cells
        ),
    )
    demo_clearers.register("work", DemoClearer(order=500, clear=clear_demo))


def _register_kinds() -> None:
    for code, label, icon, prefix, gives_up_after in (
        ("follow_up", _("Follow-up"), "phone-call", "F", 3),
        # An unhappy customer is not given up by itself.
        ("recovery", _("Recovery"), "lifebuoy", "S", None),
    ):
        item_kinds.register(
            code,
            ItemKind(
                code=code,
                label=label,
                icon=icon,
                prefix=prefix,
                url_name="work:task",
                states=tuple(TaskState.choices),
                is_planned=True,
                gives_up_after=gives_up_after,
            ),
        )


def _register_pages() -> None:
    navigation.register(
        "work.today",
        NavItem(
            label=_("Today"),
            url_name="work:today",
            icon="calendar-due",
            order=20,
            permission="work.view",
            count=late_items,
        ),
    )
    navigation.register(
        "work.red_board",
        NavItem(
            label=_("Red board"),
            url_name="work:red_board",
            icon="alert-triangle",
            order=25,
            permission="ticket.assign",
        ),
    )
    navigation.register(
        "work.training",
        NavItem(
            label=_("Training"),
            url_name="work:training",
            icon="book",
            section="insight",
            order=80,
            permission="training.edit",
        ),
    )
    navigation.register(
        "work.queue",
        NavItem(label=_("Queue"), url_name="work:queue", icon="inbox", order=30, permission="work.view"),
    )
    for name, label, description, icon, order in (
        ("calendars", _("Opening hours"), _("Working hours, breaks, holidays and special days"), "calendar", 50),
        ("policies", _("Promises"), _("How soon we answer and solve, and when we warn"), "clock", 55),
        ("escalation", _("Escalation"), _("Who is told when a promise is at risk"), "stairs-up", 60),
        ("absences", _("Absences"), _("Who is away and gets no new work"), "user", 65),
        ("assignment", _("Sharing out work"), _("How each team shares out new work"), "route", 66),
        ("delay_reasons", _("Reasons of delay"), _("What staff choose from when a promise was not kept"), "alarm", 62),
        ("skills", _("Skills"), _("What not everybody can do, and which work asks for it"), "star", 67),
        (
            "people",
            _("People and their skills"),
            _("Skills, languages, ceilings and shifts of each person"),
            "users",
            68,
        ),
        ("courses", _("Courses"), _("Training that opens the way to skills"), "book", 69),
        ("checklists", _("Checklists"), _("What must be ticked off before work may end"), "checklist", 70),
    ):
        settings_pages.register(
            f"work.{name}",
            SettingsPage(
                label=label, description=description, icon=icon, url_name=f"work:{name}", order=order,
                permission="settings.edit",
            ),
        )  # fmt: skip


def _register_notices() -> None:
    for verb, sentence in {
        "item.opened": _opened,
        "item.assigned": _assigned,
        "item.demanded": _demanded,
        "item.escalated": _escalated,
        "promise.warned": _warned,
        "promise.broken": _broken,
        "account.locked": _account_locked,
        "training.recorded": training_sentences.recorded,
        "training.ends": training_sentences.ends,
        "training.ends_of": training_sentences.ends_of,
    }.items():
        notification_sentences.register(verb, sentence)


def _register_customer() -> None:
    customer_links.register(
        "work.WorkItem",
        CustomerLink(
            model_label="work.WorkItem",
            field="customer",
            on_merge="move",
            personal_data="history",
            label=_("tickets and tasks"),
        ),
    )
    customer_panels.register(
        "work.open",
        CustomerPanel(order=20, template="work/panels/open_work.html", context=open_work_panel, permission="work.view"),
    )
    timeline_icons.register("work", "clipboard-list")
    timeline_sentences.register("work.opened", _timeline_opened)
    timeline_sentences.register("work.escalated", _timeline_escalated)
    timeline_sentences.register("work.task_done", _timeline_task_done)


def _ref(data: Mapping[str, Any]) -> str:
    reader = current_reader()
    return format_ref(str(data.get("number", "")), language=reader.language, digits=reader.digits)


def _say(text: Any, data: Mapping[str, Any], **values: Any) -> str:
    """The sentence with all its digits, also those of the subject, as the reader wants them: as on the pages."""
    said = str(format_lazy(text, number=_ref(data), subject=data.get("subject", ""), **values))
    return show_digits(said, digits=current_reader().digits)


def _when(value: Any) -> str:
    reader = current_reader()
    moment = datetime.fromisoformat(str(value)).astimezone(reader.zone)
    return format_datetime(moment, language=reader.language, digits=reader.digits, style="short")


def _word(choices: Any, value: Any) -> str:
    return str(dict(choices).get(value, value))


def _account_locked(data: dict[str, Any]) -> str:
    text = _("Many wrong passwords or codes for “{name}” from {address}: sign-in is locked for a quarter of an hour")
    return _say(text, data, name=data.get("name", ""), address=data.get("address", ""))


def _opened(data: dict[str, Any]) -> str:
    return _say(_("New for you: {number} {subject}"), data)


def _assigned(data: dict[str, Any]) -> str:
    return _say(_("Given to you: {number} {subject}"), data)


def _demanded(data: dict[str, Any]) -> str:
    return _say(_("The customer asks for a manager: {number} {subject}"), data)


def _warned(data: dict[str, Any]) -> str:
    reader = current_reader()
    if data.get("minutes_left"):
        return _say(
            _("{number}: {left} left. {metric} is due {due}."),
            data,
            left=format_duration(
                timedelta(minutes=data["minutes_left"]), language=reader.language, digits=reader.digits
            ),
            metric=_word(Metric.choices, data.get("metric")),
            due=_when(data["due_at"]),
        )
    return _say(
        _("{number}: {share} per cent of the time is gone. {metric} is due {due}."),
        data,
        share=format_number(data.get("share", 0), digits=reader.digits),
        metric=_word(Metric.choices, data.get("metric")),
        due=_when(data["due_at"]),
    )


def _broken(data: dict[str, Any]) -> str:
    return _say(
        _("Late: {number} {subject}. {metric} was due {due}."),
        data,
        metric=_word(Metric.choices, data.get("metric")),
        due=_when(data["due_at"]),
    )


_WHY: dict[str, Any] = {
    EscalationTrigger.SHARE: _(
        "{number} {subject} is sent up to you: {threshold} per cent of the promised time is gone."
    ),
    EscalationTrigger.BREACH: _("{number} {subject} is sent up to you: the promise was broken."),
    EscalationTrigger.REOPENS: _("{number} {subject} is sent up to you: it was opened again {threshold} times."),
    EscalationTrigger.SILENCE: _("{number} {subject} is sent up to you: no news for {threshold} days."),
    EscalationTrigger.DEMAND: _("{number} {subject} is sent up to you: the customer asks for a manager."),
    UNCONFIRMED: _("{number} {subject} is sent up to you: nobody has confirmed it in time."),
}


def _escalated(data: dict[str, Any]) -> str:
    reader = current_reader()
    why = _WHY.get(data.get("trigger", ""), _("{number} {subject} is sent up to you."))
    return _say(why, data, threshold=format_number(data.get("threshold", 0), digits=reader.digits))


def _kind(data: Mapping[str, Any]) -> str:
    kind = item_kinds.find(str(data.get("kind", "")))
    return str(kind.label) if kind is not None else ""


def _timeline_opened(data: dict[str, Any]) -> str:
    if data.get("channel") == Channel.INTERNAL:
        return _say(_("{kind} planned: {number} {subject}"), data, kind=_kind(data))
    channel = _word(Channel.choices, data.get("channel"))
    return _say(_("{kind} {number} by {channel}: {subject}"), data, kind=_kind(data), channel=channel)


def _timeline_escalated(data: dict[str, Any]) -> str:
    level = str(LEVEL_WORDS.get(data.get("level", 0), ""))
    return _say(_("{number} was sent up to: {level}"), data, level=level)


def _timeline_task_done(data: dict[str, Any]) -> str:
    outcome = _word(Outcome.choices, data.get("outcome"))
    return _say(_("{kind} {number}: {outcome}"), data, kind=_kind(data), outcome=outcome)


def _set_up(installation: Any, branch: Any, answers: Mapping[str, Any]) -> None:
    create_default_work_setup(
        branch=branch,
        opens=answers.get("opens_minute", 9 * 60),
        closes=answers.get("closes_minute", 20 * 60),
        closed_weekdays=tuple(answers.get("closed_weekdays", (4,))),
        zone=answers.get("zone") or branch.time_zone,
        country=getattr(installation, "country", branch.country),
    )


@transaction.atomic
def clear_demo() -> int:
    """Remove invented work with all that hangs on it, and the settings that came with the demo."""
    Notification.objects.filter(is_demo=True).delete()
    items = WorkItem.objects.filter(is_demo=True)
    count = items.count()
    with suspended("work_workevent", "work_delaynote", "work_workminutes"):
        items.delete()
    with suspended("work_courseattempt"):
        CourseAttempt.objects.filter(Q(is_demo=True) | Q(user__is_demo=True) | Q(assessor__is_demo=True)).delete()
    for model in (SavedView, Absence, ChecklistTemplate, EscalationRule, Course, Skill):
        model.objects.filter(is_demo=True).delete()
    SlaPolicy.objects.filter(is_demo=True).delete()
    BusinessCalendar.objects.filter(is_demo=True, branches__isnull=True).delete()
    return count
