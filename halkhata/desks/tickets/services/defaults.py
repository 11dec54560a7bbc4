"""Rows a new shop starts with: categories, safety words, the follow-up checklist."""

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Category, SafetyWord
from halkhata.engines.work.models import ChecklistTemplate, ChecklistTemplateLine

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
CHECKLIST = [
    ("গ্রাহককে জানানো হয়েছে কী করা হলো", "The customer was told what was done", True),
    ("পণ্য বা কাগজ গ্রাহকের হাতে ফেরত গেছে", "Product and papers are back with the customer", True),
    ("খরচ বা বদলি যন্ত্রাংশের হিসাব লেখা হয়েছে", "Costs and parts are written down", False),
]


def create_default_categories(*, is_demo: bool = False) -> None:
    """Make the categories and safety words that are not there yet."""
    for position, (code, name_bn, name_en) in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(
            code=code, defaults={"name_bn": name_bn, "name_en": name_en, "position": position * 10, "is_demo": is_demo}
        )
    for word in SAFETY_WORDS:
        SafetyWord.objects.get_or_create(word=word)


def create_default_checklist(*, is_demo: bool = False) -> ChecklistTemplate:
    """Make the checklist every complaint gets, unless it is there already (A52.15)."""
    template, made = ChecklistTemplate.objects.get_or_create(
        code="complaint-follow-up",
        defaults={
            "name_bn": "অভিযোগ শেষ করার আগে",
            "name_en": "Before a complaint ends",
            "kind": TicketKind.COMPLAINT.value,
            "is_demo": is_demo,
        },
    )
    if made:
        ChecklistTemplateLine.objects.bulk_create(
            ChecklistTemplateLine(
                template=template, position=position, name_bn=name_bn, name_en=name_en, is_required=must
            )
            for position, (name_bn, name_en, must) in enumerate(CHECKLIST, start=1)
        )
    return template


def prepare_desk(*_setup: object) -> None:
    """Step of the first-run set-up: what the desk needs to take its first complaint."""
    create_default_categories()
    create_default_checklist()
