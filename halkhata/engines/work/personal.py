"""Where the work engine keeps what it knows about customers (foundation/core/personal_data.py)."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from halkhata.engines.work.choices import StateFlag, TaskState
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.personal_data import (
    ERASED,
    PersonalData,
    PersonalTrace,
    erasure_blockers,
    erasure_steps,
    register_personal_data,
    register_personal_traces,
)

_TIMES = _("Times and numbers of the work done, without a word about the person.")


def _kept(model: str, *paths: str) -> PersonalData:
    return PersonalData(
        model_label=model, paths=paths, on_erasure="keep", order=300, label=_("Promises and checks"), why_kept=_TIMES
    )


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="work.WorkItem", paths=("customer",), on_erasure="blank", order=500, label=_("Work"),
            tie="number",
            blank={"subject": ERASED, "outcome_note": "", "promise_facts": None}, why_kept=_TIMES,
            hidden=frozenset({"promise_facts"}),
        ),
        PersonalData(
            model_label="work.WorkEvent", paths=("item__customer",), on_erasure="keep", scrub=("data",), order=310,
            append_only=True, label=_("History of the work"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="work.DelayNote", paths=("item__customer",), on_erasure="blank", blank={"note": ERASED},
            order=310, append_only=True, label=_("Reasons of delay"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="work.WorkMinutes", paths=("item__customer",), on_erasure="blank", blank={"what": ERASED},
            order=310, append_only=True, label=_("Minutes of work"), why_kept=_TIMES,
        ),
        PersonalData(
            model_label="work.ItemMerge", paths=("merged__customer", "survivor__customer"), on_erasure="blank",
            blank={"reason": ""}, scrub=("before",), order=310, label=_("Merged work"), why_kept=_TIMES,
            hidden=frozenset({"before"}),
        ),
        PersonalData(
            model_label="work.Notification", paths=("item__customer",), on_erasure="delete", order=300,
            label=_("Notices to staff"),
        ),
        _kept("work.ChecklistItem", "item__customer"),
        _kept("work.SlaClock", "item__customer"),
        _kept("work.SlaWarning", "clock__item__customer"),
        _kept("work.EscalationFiring", "item__customer"),
    )  # fmt: skip
    # Somebody looked for the person, and kept it.
    register_personal_traces(PersonalTrace(model_label="work.SavedView", columns=("name", "query")))
    erasure_blockers.register("work.unfinished", unfinished_work)
    erasure_steps.register("work.unfinished", end_unfinished_work)


def end_unfinished_work(ids: Collection[int], needles: Collection[Any]) -> int:
    """Only after a restore: work that was done between the backup and the erasure is open again, with nobody to do it
    for. It ends as not needed. Returns how many pieces.
    """
    from halkhata.engines.work.services.items import CLOSED, change_state

    items = list(WorkItem.objects.unfinished().filter(customer_id__in=list(ids)).order_by("pk"))
    for item in items:
        known = item_kinds.find(item.kind)
        state = TaskState.CANCELLED if known is not None and known.is_planned else CLOSED
        change_state(actor=SYSTEM, item=item, state=state, state_flag=StateFlag.RESOLVED, data={"erased": True})
    return len(items)


def unfinished_work(ids: Collection[int]) -> list[Any]:
    """Nobody can finish work for a person whose data are gone."""
    count = WorkItem.objects.unfinished().filter(customer_id__in=list(ids)).count()
    if not count:
        return []
    text = ngettext_lazy(
        "%(count)d piece of work for this customer is not finished.",
        "%(count)d pieces of work for this customer are not finished.",
        "count",
    )
    return [text % {"count": count}]
