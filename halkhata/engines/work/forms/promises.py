"""Policies with their targets, rows of the escalation matrix, checklists."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import EscalationTrigger, Metric, Priority
from halkhata.engines.work.forms.conditions import condition_field, offered_values, stored_as_typed
from halkhata.engines.work.forms.fields import NumberField, SpanField
from halkhata.engines.work.models import BusinessCalendar, ChecklistTemplate, EscalationLevel, EscalationRule, SlaPolicy
from halkhata.engines.work.registry import item_kinds, promise_conditions
from halkhata.engines.work.selectors.conditions import category_choices, conditions_in_order, kind_choices
from halkhata.engines.work.selectors.item_facts import SEGMENT
from halkhata.engines.work.services.checklists import Line
from halkhata.engines.work.services.policies import LONGEST_CEILING, Minutes
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.text import fold_digits


def _whole_numbers(typed: str, *, longest: int, otherwise: Any) -> list[int]:
    parts = [part.strip() for part in fold_digits(typed).replace(";", ",").split(",") if part.strip()]
    if any(not part.isascii() or not part.isdigit() or len(part) > longest for part in parts):
        raise forms.ValidationError(otherwise)
    return [int(part) for part in parts]


class PolicyForm(TakesErrors):
    """One policy: to what it applies, in which hours, what is promised, when we warn."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    around_the_clock = forms.BooleanField(label=_("Count every hour, day and night, also on holidays"), required=False)
    calendar = forms.ModelChoiceField(
        label=_("Working hours of"),
        queryset=BusinessCalendar.objects.none(),
        required=False,
        empty_label=_("the branch of the item"),
    )
    warn_at = forms.CharField(
        label=_("Warn when this much of the time is gone (%)"), required=False, max_length=40, initial="50, 75, 90"
    )
    warn_left = forms.CharField(
        label=_("Warn when so many minutes are left"),
        required=False,
        max_length=40,
        help_text=_("Minutes of the promised time, like 60, 15. Empty: only at the shares."),
    )
    ceiling_hours = NumberField(
        label=_("An answer at the latest after so many hours"),
        required=False,
        highest=LONGEST_CEILING,
        help_text=_(
            "Hours of the clock, day and night, also on holidays, whatever the opening hours are. In Bangladesh the "
            "rules for selling online ask that a complaint is acted on within 72 hours. Empty: no limit."
        ),
    )
    notes_count_as_answer = forms.BooleanField(
        label=_("A public note counts as an answer"),
        required=False,
        help_text=_(
            "A note that a person writes for the customer's own page then keeps the promise of an answer, although "
            "nothing is sent. Internal notes never do."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, policy: SlaPolicy | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_default = policy is not None and policy.is_default
        offer_records(self, "calendar", BusinessCalendar.objects.order_by("pk"))
        for priority, priority_label in Priority.choices:
            for metric, metric_label in Metric.choices:
                label = format_lazy("{priority}: {metric}", priority=priority_label, metric=metric_label)
                self.fields[f"target_{priority}_{metric}"] = SpanField(label=label)
        if self.is_default:
            del self.fields["is_active"]
            return
        stored = policy.conditions if policy is not None else {}
        for condition in conditions_in_order():
            field = condition_field(condition, stored.get(condition.code) or [])
            if field is not None:
                self.fields[f"if_{condition.code}"] = field

    def clean_warn_at(self) -> list[int]:
        """The shares as numbers, in either script."""
        return _whole_numbers(
            self.cleaned_data["warn_at"].replace("%", ""),
            longest=3,
            otherwise=_("Write whole numbers with commas between them, like 50, 75, 90."),
        )

    def clean_warn_left(self) -> list[int]:
        """The minutes as numbers, in either script."""
        return _whole_numbers(
            self.cleaned_data["warn_left"],
            longest=6,
            otherwise=_("Write whole minutes with commas between them, like 60, 15."),
        )

    def values(self) -> dict[str, Any]:
        """Arguments of ``save_policy``."""
        data = self.cleaned_data
        targets: Minutes = {
            (priority, metric): data[f"target_{priority}_{metric}"]
            for priority in Priority.values
            for metric in Metric.values
        }
        conditions = {
            condition.code: [int(value) if condition.is_number else value for value in data[f"if_{condition.code}"]]
            for condition in conditions_in_order()
            if f"if_{condition.code}" in self.fields
        }
        return {
            "name_bn": data["name_bn"],
            "name_en": data["name_en"],
            "is_active": True if self.is_default else data["is_active"],
            "around_the_clock": data["around_the_clock"],
            "calendar": data["calendar"],
            "warn_at": data["warn_at"],
            "warn_left": data["warn_left"],
            "ceiling_hours": data["ceiling_hours"] or None,
            "notes_count_as_answer": data["notes_count_as_answer"],
            "targets": targets,
            "conditions": conditions,
            "version": data["version"],
        }

    def target_rows(self) -> list[dict[str, Any]]:
        """The targets as a table: one row for each priority, one bound field for each metric."""
        return [
            {"label": label, "fields": [self[f"target_{priority}_{metric}"] for metric in Metric.values]}
            for priority, label in Priority.choices
        ]

    def condition_fields(self) -> list[forms.BoundField]:
        """The bound fields of the conditions."""
        return [self[name] for name in self.fields if name.startswith("if_")]

    @staticmethod
    def initial_of(policy: SlaPolicy) -> dict[str, Any]:
        """What the form shows for a stored policy."""
        return {
            "name_bn": policy.name_bn,
            "name_en": policy.name_en,
            "is_active": policy.is_active,
            "around_the_clock": policy.around_the_clock,
            "calendar": policy.calendar_id,
            "warn_at": ", ".join(str(share) for share in policy.warn_at),
            "warn_left": ", ".join(str(minutes) for minutes in policy.warn_left),
            "ceiling_hours": policy.ceiling_hours or "",
            "notes_count_as_answer": policy.notes_count_as_answer,
            "version": policy.version,
            **{f"target_{row.priority}_{row.metric}": row.minutes for row in policy.targets.all()},
            **{
                f"if_{code}": stored_as_typed(promise_conditions.find(code), values)
                for code, values in policy.conditions.items()
            },
        }


class RuleForm(TakesErrors):
    """One row of the escalation matrix."""

    level = forms.TypedChoiceField(label=_("Who is told"), choices=EscalationRule.LEVELS, coerce=int)
    trigger = forms.ChoiceField(label=_("When"), choices=EscalationTrigger.choices)
    threshold = NumberField(
        label=_("How much"), required=False, help_text=_("Per cent of the time, times reopened, or days.")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    category = forms.ChoiceField(
        label=_("Category"), required=False, help_text=_("A category that is part of it counts, too.")
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=[("", _("All priorities")), *Priority.choices], required=False
    )
    segment = forms.ChoiceField(
        label=_("Customer segment"),
        required=False,
        help_text=_("The segments the customer was in when the promise was made count."),
    )
    metric = forms.ChoiceField(label=_("Promise"), choices=[("", _("Every promise")), *Metric.choices], required=False)
    notify = forms.BooleanField(label=_("Tell this person"), required=False, initial=True)
    reassign = forms.BooleanField(label=_("Give the work to this person"), required=False)
    raise_priority = forms.BooleanField(label=_("Raise the priority by one"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, rule: EscalationRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "kind", [("", _("All kinds")), *kind_choices()])
        categories = category_choices()
        if rule is not None and rule.category and rule.category not in dict(categories):
            # It must not vanish unseen.
            categories.append((rule.category, _("%(name)s (not in use)") % {"name": rule.category}))
        offer_choices(self, "category", [("", _("All categories")), *categories])
        segments = promise_conditions.find(SEGMENT)
        offered = offered_values(segments, [rule.segment] if rule is not None and rule.segment else [])
        offer_choices(self, "segment", [("", _("All customers")), *offered])

    def clean_segment(self) -> int:
        """The id of the segment; 0: every customer."""
        return int(self.cleaned_data["segment"] or 0)

    @staticmethod
    def initial_of(rule: EscalationRule) -> dict[str, Any]:
        """What the form shows for a stored row."""
        return {name: getattr(rule, name) for name in RuleForm.base_fields} | {"segment": rule.segment or ""}


class ConfirmForm(TakesErrors):
    """How long each level has to confirm what was sent up to it; empty: nobody has to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level, label in EscalationRule.LEVELS:
            self.fields[f"level_{level}"] = SpanField(label=label)

    @classmethod
    def of_shop(cls) -> "ConfirmForm":
        """The form with what the shop has set: one query."""
        held = EscalationLevel.objects.values_list("level", "confirm_minutes")
        return cls(initial={f"level_{level}": minutes for level, minutes in held}, auto_id="confirm_%s")

    def minutes(self) -> dict[int, int | None]:
        """Minutes by level."""
        return {level: self.cleaned_data[f"level_{level}"] for level, _label in EscalationRule.LEVELS}


class ChecklistForm(TakesErrors):
    """A checklist: one line of text for each line; "*" at the end makes it one that must be ticked."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("For which work"))
    category = forms.ChoiceField(label=_("Category"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    lines = forms.CharField(
        label=_("Lines"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=6000,
        help_text=_("One line each: Bengali | English. A star (*) at the end: must be ticked before the work may end."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "kind", [(kind.code, kind.label) for kind in item_kinds])
        offer_choices(self, "category", [("", _("All categories")), *category_choices()])

    def clean_lines(self) -> list[Line]:
        """The lines as (Bengali, English, must be ticked)."""
        found: list[Line] = []
        for raw in self.cleaned_data["lines"].splitlines():
            text = raw.strip()
            must = text.endswith("*")
            bn, _bar, en = text.rstrip("*").partition("|")
            if bn.strip() or en.strip():
                found.append((bn.strip(), en.strip(), must))
        return found

    @staticmethod
    def initial_of(template: ChecklistTemplate) -> dict[str, Any]:
        """What the form shows for a stored checklist."""
        lines = [
            f"{line.name_bn} | {line.name_en}{' *' if line.is_required else ''}" if line.name_en else
            f"{line.name_bn}{' *' if line.is_required else ''}"
            for line in template.lines.all()
        ]  # fmt: skip
        return {
            "name_bn": template.name_bn,
            "name_en": template.name_en,
            "kind": template.kind,
            "category": template.category,
            "is_active": template.is_active,
            "lines": "\n".join(lines),
        }
