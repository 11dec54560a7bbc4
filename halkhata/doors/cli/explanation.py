"""Why a piece of work is due when it is, as lines for a terminal. The words are those of the page."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.doors.cli.speech import local_span, local_time
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.templatetags.work import worktime
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import num, ref


def explanation_lines(item: WorkItem, told: dict[str, Any]) -> list[str]:
    """The lines for ``told`` (selectors/explain.explained), in the active language and the shop's own hours."""
    policy = told["policy"]
    zone = policy["zone"] if policy else current_reader().time_zone
    lines = [f"{ref(item.number)}  {item.subject}"]
    if policy:
        words = (
            _("Promise: %(name)s. Every hour counts, day and night.")
            if policy["hours"] == "clock"
            else _("Promise: %(name)s. Only opening hours count.")
        )
        lines.append(words % {"name": policy["name"]})
        lines += [_asked(asked) for asked in policy["conditions"]]
    if told["planned_at"] and not told["clocks"]:
        lines.append(_("Planned for %(when)s.") % {"when": local_time(told["planned_at"], zone)})
    elif not told["clocks"]:
        lines.append(_("Nothing is promised for this."))
    for clock in told["clocks"]:
        lines += ["", *_clock_lines(clock, zone)]
    return lines


def _asked(asked: dict[str, Any]) -> str:
    """One condition of the promise that fits."""
    return f"  {asked['label']}: {', '.join(asked['values'])}"


def _clock_lines(clock: dict[str, Any], zone: str) -> list[str]:
    name = f"{clock['label']} {num(clock['cycle'])}" if clock["metric"] == "next" else str(clock["label"])
    values = {"span": worktime(clock["target_seconds"]), "start": local_time(clock["started_at"], zone)}
    lines = [f"{name}: {clock['state_label']}", "  " + _("%(span)s promised from %(start)s.") % values]
    if clock["due_at"]:
        lines.append("  " + _("Due %(due)s.") % {"due": local_time(clock["due_at"], zone)})
    else:
        lines.append("  " + _("No due time while it waits."))
    if clock["stopped_at"]:
        lines.append("  " + _("Done %(at)s.") % {"at": local_time(clock["stopped_at"], zone)})
    if clock["by_ceiling"]:
        lines.append("  " + _("Every hour counts, day and night: the limit comes before the opening hours."))
    if clock["recorded"]:
        words = _("The hours or the promise were changed since; the due time above is the one that was recorded.")
        lines.append(f"  {words}")
    for line in clock["lines"]:
        if line["to"]:
            span = local_span(line["from"], line["to"], zone)
        else:
            span = f"{local_time(line['from'], zone)} – {_('still')}"
        counted = worktime(line["seconds"]) if line["seconds"] else "–"
        together = f"{_('Together')} {worktime(line['total'])}"
        lines.append(f"    {span}")
        lines.append(f"      {line['reason']}: {counted} · {together}")
    return lines
