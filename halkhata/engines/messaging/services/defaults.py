"""The texts a new shop starts with: one for each occasion and language, for every department without its own (B.1)."""

from typing import Any

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.after_sale_texts import AFTER_SALE_TEXTS
from halkhata.engines.messaging.services.template_versions import Hand, keep_version
from halkhata.engines.work.choices import Channel

# Where a customer writes again; rendering makes a whole address of it.
HELP_URL = "/c/complaint/"
HELP = {"bn": "সাহায্য ও নতুন অভিযোগ", "en": "Help and new complaints"}

_SIGNED_BN = "\n\nধন্যবাদ,\n{{ shop }}\nফোন: {{ phone }}"
_SIGNED_EN = "\n\nThank you,\n{{ shop }}\nPhone: {{ phone }}"

TEXTS: list[tuple[str, str, str, str]] = [
    (
        TemplateCode.RECEIVED,
        "bn",
        "আপনার অভিযোগ পেয়েছি – নম্বর {{ number }}",
        "প্রিয় {{ customer }},\n\nআপনার কথা আমরা পেয়েছি। আপনার অভিযোগের নম্বর {{ number }}।\n\n"
        "এরপর কী হবে: {{ agent }} বিষয়টি দেখছেন। আমরা আপনাকে জানাব {{ promise }}। "
        "আরও কিছু বলার থাকলে এই মেইলের উত্তর দিন, অথবা ফোনে নম্বরটি বলুন।\n\n{{ links }}" + _SIGNED_BN,
    ),
    (
        TemplateCode.RECEIVED,
        "en",
        "We have received your complaint – number {{ number }}",
        "{{ customer }},\n\nwe have received your message. Your number is {{ number }}.\n\n"
        "What happens next: {{ agent }} is looking into it. You will hear from us {{ promise }}. "
        "If you want to add something, reply to this mail, or say the number on the phone.\n\n{{ links }}" + _SIGNED_EN,
    ),
    (
        TemplateCode.ASSIGNED,
        "bn",
        "{{ number }}: {{ agent }} আপনার বিষয়টি দেখছেন",
        "প্রিয় {{ customer }},\n\nআপনার {{ number }} নম্বর অভিযোগটি এখন {{ agent }} দেখছেন। "
        "আমরা আপনাকে জানাব {{ promise }}।" + _SIGNED_BN,
    ),
    (
        TemplateCode.ASSIGNED,
        "en",
        "{{ number }}: {{ agent }} is looking after it",
        "{{ customer }},\n\n{{ agent }} is now looking after your complaint {{ number }}. "
        "You will hear from us {{ promise }}." + _SIGNED_EN,
    ),
    (
        TemplateCode.DELAYED,
        "bn",
        "{{ number }}: আমাদের দেরি হচ্ছে, দুঃখিত",
        "প্রিয় {{ customer }},\n\nআপনার {{ number }} নম্বর অভিযোগের কাজ কথামতো সময়ে শেষ হয়নি। এর জন্য আমরা দুঃখিত। "
        "{{ agent }} এখনো কাজ করছেন। আমরা আপনাকে জানাব {{ promise }}।" + _SIGNED_BN,
    ),
    (
        TemplateCode.DELAYED,
        "en",
        "{{ number }}: we are late, and we are sorry",
        "{{ customer }},\n\nwe have not finished your complaint {{ number }} in the time we promised. We are sorry. "
        "{{ agent }} is still working on it. You will hear from us {{ promise }}." + _SIGNED_EN,
    ),
    (
        TemplateCode.RESOLVED,
        "bn",
        "{{ number }}: আপনার বিষয়টির সমাধান হয়েছে",
        "প্রিয় {{ customer }},\n\nআপনার {{ number }} নম্বর অভিযোগের কাজ শেষ হয়েছে।\n\n{{ text }}\n\n"
        "আপনার কাছে ঠিক মনে না হলে এই মেইলের উত্তর দিন; আমরা আবার দেখব।" + _SIGNED_BN,
    ),
    (
        TemplateCode.RESOLVED,
        "en",
        "{{ number }}: your complaint is solved",
        "{{ customer }},\n\nthe work on your complaint {{ number }} is done.\n\n{{ text }}\n\n"
        "If it is not right for you, reply to this mail and we will look at it again." + _SIGNED_EN,
    ),
    (
        TemplateCode.FEEDBACK,
        "bn",
        "{{ number }}: আমাদের সেবা কেমন লাগল?",
        "প্রিয় {{ customer }},\n\nআপনার {{ number }} নম্বর অভিযোগটি নিয়ে আমরা কাজ করেছি। আমাদের সেবা কেমন লাগল? "
        "একটি চাপেই জানাতে পারেন:\n\n{{ link }}\n\nআপনার কথা শুনে আমরা কাজ আরও ভালো করব।" + _SIGNED_BN,
    ),
    (
        TemplateCode.FEEDBACK,
        "en",
        "{{ number }}: how did we do?",
        "{{ customer }},\n\nwe worked on your complaint {{ number }}. How did we do? One press is enough:\n\n"
        "{{ link }}\n\n"
        "What you tell us helps us do better." + _SIGNED_EN,
    ),
    (
        TemplateCode.REPLY,
        "bn",
        "{{ subject }}",
        "প্রিয় {{ customer }},\n\n{{ text }}\n\n{{ agent }}\n{{ shop }}\nফোন: {{ phone }}",
    ),
    (
        TemplateCode.REPLY,
        "en",
        "{{ subject }}",
        "{{ customer }},\n\n{{ text }}\n\n{{ agent }}\n{{ shop }}\nPhone: {{ phone }}",
    ),
]


def create_default_templates(*, is_demo: bool = False) -> int:
    """Make the fallback texts that are not there yet; what somebody changed stays. Returns how many were made."""
    made = 0
    for code, language, subject, body in [*TEXTS, *AFTER_SALE_TEXTS]:
        links = [{"label": HELP[language], "url": HELP_URL}] if code == TemplateCode.RECEIVED else []
        template, created = Template.objects.get_or_create(
            code=code,
            team=None,
            channel=Channel.EMAIL,
            language=language,
            defaults={"subject": subject, "body": body, "links": links, "is_demo": is_demo},
        )
        if created:
            keep_version(template, Hand())
        made += created
    return made


def at_set_up(installation: Any, branch: Any, answers: Any) -> None:
    """Set-up step: the texts are there before the first mail comes in."""
    create_default_templates()
