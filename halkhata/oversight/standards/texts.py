"""The sections of the published standards, with the words a shop begins with in both languages."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

LONGEST = 4000
LANGUAGES = ("bn", "en")


@dataclass(frozen=True)
class Section:
    """One section: its code, its heading, and the words to begin with."""

    code: str
    heading: Any
    bn: str
    en: str


SECTIONS: tuple[Section, ...] = (
    Section(
        "intro",
        _("What we promise"),
        "আপনি আমাদের কাছে অভিযোগ, প্রশ্ন বা অনুরোধ করলে সঙ্গে সঙ্গে একটি নম্বর পাবেন, আর কখন উত্তর পাবেন তা জানতে পারবেন। "
        "নিচের সময়ের মধ্যে আমরা উত্তর দিই ও সমাধান করি। দেরি হলে কারণ জানাই।",
        "When you bring us a complaint, a question or a request, you get a number at once and we say when you will "
        "have an answer. We answer and solve within the times below. If it takes longer, we tell you why.",
    ),
    Section(
        "contact",
        _("How to reach us"),
        "শাখায় এসে, ফোনে, ই-মেইলে বা আমাদের ওয়েব ফর্মে জানাতে পারেন। যে পথেই জানান, সময় একই। "
        "নম্বরটি রেখে দিন; কথা বলার সময় সেটি বলুন।",
        "Come to a branch, call, write an e-mail or use our web form. The times are the same whichever way you choose. "
        "Keep your number and say it when you speak to us.",
    ),
    Section(
        "escalation",
        _("If you are not content"),
        "উত্তরে সন্তুষ্ট না হলে যেকোনো সময় ম্যানেজারের সঙ্গে কথা বলতে চাইতে পারেন। সময় পেরিয়ে গেলে বিষয়টি নিজে থেকেই পরের ধাপে যায়।",
        "If you are not content with an answer, you may ask for the manager at any time. When a time has passed, the "
        "matter moves to the next step by itself.",
    ),
    Section(
        "outside",
        _("Outside our house"),
        "আমাদের কাছে অভিযোগ করলে আইনে আপনার কোনো অধিকার কমে না। আপনি জাতীয় ভোক্তা অধিকার সংরক্ষণ অধিদপ্তরেও অভিযোগ করতে "
        "পারেন (হটলাইন ১৬১২১)। সেখানে অভিযোগের সময়সীমা আছে: ঘটনার পর ৩০ দিন। বিস্তারিত সেখান থেকেই জেনে নিন।",
        "Complaining to us takes no right away from you. You may also go to the Directorate of National Consumer "
        "Rights Protection (hotline 16121). There is a time limit there: 30 days after it happened. Please ask there "
        "for details.",
    ),
)
CODES = tuple(section.code for section in SECTIONS)


def first_texts() -> dict[str, dict[str, str]]:
    """The words to begin with: section -> language -> text."""
    return {section.code: {"bn": section.bn, "en": section.en} for section in SECTIONS}
