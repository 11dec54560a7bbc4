"""Rows a new shop starts with: categories and safety words."""

from halkhata.desks.tickets.models import Category, SafetyWord

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
SAFETY_WORDS = [
    "fire", "smoke", "shock", "electrocute", "burn", "explode", "explosion", "gas leak", "brake fail", "brake failure",
    "brakes failed", "spark", "injury", "accident", "battery swollen",
    "আগুন", "ধোঁয়া", "শক", "বিদ্যুৎস্পৃষ্ট", "পুড়ে", "বিস্ফোরণ", "গ্যাস লিক", "ব্রেক ফেল", "ব্রেক ধরে না", "ব্রেক কাজ করে না",
    "স্পার্ক", "দুর্ঘটনা", "আহত", "ব্যাটারি ফুলে",
]  # fmt: skip


def create_default_categories(*, is_demo: bool = False) -> None:
    """Make the categories and safety words that are not there yet."""
    for position, (code, name_bn, name_en) in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(
            code=code, defaults={"name_bn": name_bn, "name_en": name_en, "position": position * 10, "is_demo": is_demo}
        )
    for word in SAFETY_WORDS:
        SafetyWord.objects.get_or_create(word=word)
