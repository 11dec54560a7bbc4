"""What is missing before a claim can be sent, and what else to know (US-33 AC 1)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.claims.choices import FieldCode, LineKind, PhotoKind, Sort, Stage
from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.registry import Paper, paper_sources
from halkhata.desks.claims.selectors.fields import Facts, value_of
from halkhata.desks.claims.selectors.rules import Terms, terms_of
from halkhata.foundation.core.formatting import format_date
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.days import today
from halkhata.records.warranty.models import Flag


@dataclass(frozen=True)
class Missing:
    """One thing that is not there: "field" serial, "photo" failed_part, "line"."""

    sort: str
    code: str
    label: str


@dataclass(frozen=True)
class Verification:
    """What came of the look: nothing missing means that it can be sent."""

    missing: tuple[Missing, ...]
    warnings: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = field(default=(), compare=False)

    @property
    def is_complete(self) -> bool:
        """Whether the claim can be sent."""
        return not self.missing


def verify(claim: Claim, *, terms: Terms | None = None, on: date | None = None) -> Verification:
    """Look at the claim with the eyes of the company's rules. A fixed number of queries."""
    asked = terms or terms_of(claim.brand)
    facts = Facts.of(claim)
    papers = house_papers(claim)
    found: list[Missing] = []
    if claim.sort == Sort.REPAIR:
        for code in asked.required_fields:
            if code in FieldCode.values and value_of(claim, code, facts) in ("", None):
                found.append(Missing("field", code, str(FieldCode(code).label)))
        there = {row.kind for row in facts.files} | {paper.kind for paper in papers}
        for code in asked.required_photos:
            if code in PhotoKind.values and code not in there:
                found.append(Missing("photo", code, str(PhotoKind(code).label)))
    if not facts.lines:
        found.append(Missing("line", "lines", _("A line with what is claimed")))
    elif not any(line.claimed_amount for line in facts.lines):
        found.append(Missing("line", "claimed", _("An amount that is claimed")))
    if asked.wants_old_parts and claim.sort == Sort.REPAIR and _lacks_tag(facts):
        found.append(Missing("part", "old_part_tag", _("The tag of the old part")))
    return Verification(tuple(found), tuple(_warnings(claim, asked, on or today())), tuple(papers))


def house_papers(claim: Claim) -> list[Paper]:
    """The papers that the house makes by itself."""
    return [paper for source in paper_sources for paper in source(claim)]


def days_left(claim: Claim, on: date | None = None) -> int | None:
    """Days to the deadline of a draft; less than nothing when it has passed."""
    if claim.stage != Stage.DRAFT or claim.deadline_on is None:
        return None
    return (claim.deadline_on - (on or today())).days


def _lacks_tag(facts: Facts) -> bool:
    return any(line.kind == LineKind.PART and line.is_recoverable for line in facts.lines) and not facts.parts


def _warnings(claim: Claim, terms: Terms, on: date) -> list[str]:
    said: list[str] = []
    left = days_left(claim, on)
    reader = current_reader()
    if left is not None and claim.deadline_on is not None:
        day = format_date(claim.deadline_on, language=reader.language, digits=reader.digits)
        if left < 0:
            said.append(_("The last day to send it was %(day)s: the company may refuse it.") % {"day": day})
        elif left <= terms.warn_days:
            said.append(_("It must be sent by %(day)s.") % {"day": day})
    if claim.unit is not None:
        if claim.failed_on and claim.unit.sold_on and claim.failed_on < claim.unit.sold_on:
            said.append(_("It failed before it was sold: look at the days."))
        if Flag.objects.open().filter(unit=claim.unit).exists():
            said.append(_("There is an open sign of misuse about this unit. Look at it first."))
    return said


def as_data(found: Verification) -> list[dict[str, Any]]:
    """What is missing, for programs."""
    return [{"sort": one.sort, "code": one.code, "label": one.label} for one in found.missing]
