"""Which lines of conditions are true of one customer: one statement for all lines of all segments."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Value, When

from halkhata.engines.segments.compiling import line_condition
from halkhata.engines.segments.registry import Asking, SegmentField
from halkhata.foundation.fields.conditions.tree import Line, Node, combine, lines_of
from halkhata.records.customers.models import Customer

AT_ONCE = 40


def lines_true_of(
    customer_id: int, lines: Iterable[Line], fields: Mapping[str, SegmentField], asking: Asking
) -> dict[Line, bool] | None:
    """Each line, and whether it is true of the customer; None for one who is gone or was merged into another."""
    wanted = list(dict.fromkeys(lines))
    truth: dict[Line, bool] = {}
    for start in range(0, max(1, len(wanted)), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        answers = {
            f"line_{number}": Case(
                When(line_condition(line, fields[line.field], asking), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
            for number, line in enumerate(part)
        }
        row = Customer.objects.active().filter(pk=customer_id).annotate(**answers).values_list(*answers, "pk").first()
        if row is None:
            return None
        truth.update({line: bool(answer) for line, answer in zip(part, row, strict=False)})
    return truth


@dataclass(frozen=True, slots=True)
class Why:
    """One node of the conditions for a page: true or not, in words, with what is in it."""

    words: str
    # None: it is about a field that the reader does not see.
    is_true: bool | None
    nodes: Sequence["Why"] = ()


def why(
    node: Node,
    truth: Mapping[Line, bool],
    words: Mapping[Line, str],
    modes: Mapping[str, str],
    hidden: Collection[Line] = (),
) -> Why:
    """The conditions with an answer at each node: why somebody is in a segment, or is not.

    Of ``hidden`` lines no answer is given, and none of a group inside that holds one; the whole has its answer, which
    the membership tells anyway.
    """
    return _why(node, truth, words, modes, hidden, is_top=True)


def _why(
    node: Node,
    truth: Mapping[Line, bool],
    words: Mapping[Line, str],
    modes: Mapping[str, str],
    hidden: Collection[Line],
    *,
    is_top: bool = False,
) -> Why:
    if isinstance(node, Line):
        return Why(words[node], None if node in hidden else truth[node])
    inner = [_why(one, truth, words, modes, hidden) for one in node.nodes]
    told = is_top or not any(line in hidden for line in lines_of(node))
    return Why(modes[node.mode], combine(node, truth) if told else None, inner)
