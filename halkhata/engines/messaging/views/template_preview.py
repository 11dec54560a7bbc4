"""A text with the values of a real ticket."""

from dataclasses import dataclass

from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateVersion
from halkhata.engines.messaging.policies import items_visible_to
from halkhata.engines.messaging.services.rendering import example_values, render_template
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.formatting import parse_ref


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``typed`` is the number that was asked for; ``is_missing`` when there is no such ticket for this reader."""

    typed: str = ""
    is_missing: bool = False
    item: WorkItem | None = None
    language: str = ""
    subject: str = ""
    body: str = ""

    @property
    def number(self) -> str:
        """Of the ticket that is shown."""
        return self.item.number if self.item is not None else ""

    @property
    def real_item(self) -> WorkItem | None:
        """What a test is filled from: an invented ticket only when it was asked for, and is refused then."""
        return self.item if self.typed or self.item is None or not self.item.is_demo else None


def preview_of(request: StaffRequest, text: Template | TemplateVersion | TemplateProposal) -> Preview:
    """The text for the ticket that the request names, else for the newest one in sight, else with made-up words."""
    typed = (request.POST.get("number") or request.GET.get("number") or "")[:40]
    seen = items_visible_to(request.user).filter(customer__isnull=False).select_related("customer", "branch", "owner")
    item = seen.filter(number=parse_ref(typed) or "").first() if typed else seen.order_by("-opened_at", "-id").first()
    if typed and item is None:
        return Preview(typed=typed, is_missing=True, language=text.language)
    subject, body = render_template(text, example_values(request.user, item, language=text.language))
    return Preview(typed=typed, item=item, language=text.language, subject=subject, body=body)
