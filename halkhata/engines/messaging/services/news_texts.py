"""The short texts that a shop starts with: one part where the letters allow it. A text of the shop's own, written for
the channel SMS among the message texts, takes its place."""

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.placeholders import fill
from halkhata.engines.messaging.services.rendering import placeholder_values, render_template
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team

STARTING: dict[str, dict[str, str]] = {
    TemplateCode.RECEIVED: {
        "bn": "অভিযোগ {{ number }} পেয়েছি। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "We received your complaint {{ number }}. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.ASSIGNED: {
        "bn": "{{ number }} এখন {{ agent }} দেখছেন। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "{{ agent }} is looking after {{ number }} now. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.DELAYED: {
        "bn": "{{ number }}: দেরির জন্য দুঃখিত। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "{{ number }}: we are late, and we are sorry. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.RESOLVED: {
        "bn": "{{ number }} এর কাজ শেষ। ঠিক না হলে এই SMS-এর উত্তর দিন। {{ shop }}",
        "en": "{{ number }} is solved. If it is not right for you, answer this SMS. {{ shop }}",
    },
    TemplateCode.FEEDBACK: {
        "bn": "{{ number }}: সেবা কেমন লাগল? ১ থেকে ৫ লিখে উত্তর দিন (৫ খুব ভালো)। {{ shop }}",
        "en": "{{ number }}: how did we do? Answer with 1 to 5 (5 is very good). {{ shop }}",
    },
}


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
