"""Categories of complaints that one trade has and another has not: chosen at set-up, added when the trade changes."""

from halkhata.desks.tickets.models import Category

# Trade (Installation.TRADES): code, Bengali name, English name. "other" has only what every shop has.
TRADE_CATEGORIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "motorcycle": (
        ("registration", "রেজিস্ট্রেশন ও কাগজপত্র", "Registration and papers"),
        ("servicing", "সার্ভিসিং ও ফ্রি সার্ভিস", "Servicing and free services"),
        ("spare-parts", "খুচরা যন্ত্রাংশ", "Spare parts"),
    ),
    "appliance": (
        ("installation", "ইনস্টলেশন", "Installation"),
        ("noise-leak", "শব্দ বা পানি পড়া", "Noise or leaking"),
        ("spare-parts", "খুচরা যন্ত্রাংশ", "Spare parts"),
    ),
    "electronics": (
        ("screen-battery", "স্ক্রিন বা ব্যাটারি", "Screen or battery"),
        ("software", "সফটওয়্যার ও আপডেট", "Software and updates"),
        ("accessories", "চার্জার ও আনুষঙ্গিক", "Charger and accessories"),
    ),
    "solar": (
        ("battery", "ব্যাটারি", "Battery"),
        ("panel-inverter", "প্যানেল বা ইনভার্টার", "Panel or inverter"),
        ("installation", "ইনস্টলেশন", "Installation"),
    ),
    "machinery": (
        ("engine", "ইঞ্জিন", "Engine"),
        ("spare-parts", "খুচরা যন্ত্রাংশ", "Spare parts"),
        ("field-visit", "মাঠে মেরামত", "Repair in the field"),
    ),
    "building": (
        ("quantity", "ওজন বা পরিমাণ কম", "Short weight or quantity"),
        ("damaged", "ভাঙা বা নষ্ট মাল", "Broken or spoiled goods"),
        ("quality", "মান ঠিক নেই", "Poor quality"),
    ),
}
# Behind the general ones, before "other".
_FIRST_POSITION = 81


def create_trade_categories(trade: str) -> int:
    """Make the trade's categories that are not there yet. Returns how many were made; 0 for a trade without any."""
    made = 0
    for position, (code, name_bn, name_en) in enumerate(TRADE_CATEGORIES.get(trade, ()), start=_FIRST_POSITION):
        _category, created = Category.objects.get_or_create(
            code=code, defaults={"name_bn": name_bn, "name_en": name_en, "position": position}
        )
        made += created
    return made
