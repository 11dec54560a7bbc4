"""Rows a new shop starts with: categories, safety words, the follow-up checklist."""

from collections.abc import Mapping
from typing import Any

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import CannedReply, Category, SafetyWord
from halkhata.desks.tickets.services.canned_texts import create_default_canned
from halkhata.desks.tickets.services.trade_categories import create_trade_categories
from halkhata.engines.work.models import ChecklistTemplate
from halkhata.engines.work.services.checklists import save_template
from halkhata.engines.work.services.defaults import COMPLAINT_LINES
from halkhata.foundation.audit.trail import SYSTEM

CATEGORIES = [
    ("product-fault", "পণ্যের ত্রুটি", "Fault in the product"),
    ("service-delay", "সার্ভিসে দেরি", "Service delayed"),
    ("repair-again", "মেরামতের পর আবার সমস্যা", "Fault back after repair"),
    ("delivery", "ডেলিভারি", "Delivery"),
    ("billing", "বিল বা কিস্তি", "Bill or instalment"),
    ("behaviour", "ব্যবহার", "Behaviour"),
    ("warranty", "ওয়ারেন্টি", "Warranty"),
    ("information", "তথ্য জানতে চান", "Asks for information"),
    ("other", "অন্যান্য", "Other"),
]
# A52.9 names fire, shock, burn, gas and brake, in both languages. The shop may switch words off: one that refills the
# gas of air conditioners will want "gas leak" instead of "gas".
SAFETY_WORDS = [
    "fire", "smoke", "shock", "electrocute", "burn", "explode", "explosion", "gas", "brake", "spark", "injury",
    "injured", "accident", "swollen battery", "battery swollen", "battery swelled", "agun", "agune",
    "আগুন", "ধোঁয়া", "শক", "বিদ্যুৎস্পৃষ্ট", "পুড়ে", "পুড়েছে", "পুড়ছে", "পুড়ল", "পোড়া", "বিস্ফোরণ", "বিস্ফোরিত", "ফেটে",
    "গ্যাস", "ব্রেক", "স্পার্ক", "দুর্ঘটনা", "আহত", "ব্যাটারি ফুলে",
]  # fmt: skip


def create_default_categories(*, is_demo: bool = False) -> None:
    """Make the categories and safety words that are not there yet."""
    for position, (code, name_bn, name_en) in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(
            code=code, defaults={"name_bn": name_bn, "name_en": name_en, "position": position * 10, "is_demo": is_demo}
        )
    for word in SAFETY_WORDS:
        SafetyWord.objects.get_or_create(word=word)


def create_default_checklist(*, is_demo: bool = False) -> ChecklistTemplate:
    """The checklist of complaints (A52.15): the one there is, also one the shop switched off, else the standard one.

    The work engine's own starting rows have it under the same code, so whoever comes first makes the only one.
    """
    known = (
        ChecklistTemplate.objects.filter(kind=TicketKind.COMPLAINT, category="").order_by("-is_active", "pk").first()
    )
    if known is not None:
        return known
    return save_template(
        actor=SYSTEM,
        template=None,
        code="complaint",
        name_bn="অভিযোগ শেষ করার আগে",
        name_en="Before a complaint ends",
        kind=TicketKind.COMPLAINT.value,
        lines=COMPLAINT_LINES,
        is_demo=is_demo,
    )


def prepare_desk(
    _installation: object = None, _branch: object = None, answers: Mapping[str, Any] | None = None
) -> None:
    """Step of the first-run set-up: what the desk needs to take its first complaint, and what its trade adds."""
    create_default_categories()
    create_trade_categories(str((answers or {}).get("trade", "")))
    create_default_checklist()
    create_default_canned(CannedReply)
