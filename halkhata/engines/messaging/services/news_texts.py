"""The words of automatic short texts: the shop's own, else those that a shop starts with."""

from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.placeholders import fill
from halkhata.engines.messaging.services.rendering import placeholder_values, render_template
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.messaging.starting_texts import STARTING
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team


def has_own_texts(code: str, team: Team | None) -> bool | None:
    """Whether the department sends an SMS on this occasion, by texts the shop wrote for it; None when there are none.

    As for mail: all of a department's own switched off means no message.
    """
    texts = Template.objects.filter(code=code, channel=Channel.SMS, is_set_aside=False)
    own = list(texts.filter(team=team).values_list("is_active", flat=True)) if team is not None else []
    found = own or list(texts.filter(team__isnull=True).values_list("is_active", flat=True))
    return any(found) if found else None


def news_words(item: WorkItem, code: str, *, language: str, context: dict[str, str]) -> tuple[str, int | None]:
    """The text for this item, and the version of the shop's own text that it was made from; "" when there is none."""
    values = placeholder_values(item, language=language, extra=context)
    template = find_template(code=code, team=item.team, language=language, channel=Channel.SMS)
    if template is not None:
        return render_template(template, values)[1], template.current_id
    spoken = "bn" if language == "bn" else "en"
    text = STARTING.get(code, {}).get(spoken, "")
    return " ".join(fill(text, values).split()), None
