"""A customer list as a small shop keeps it in Excel: nothing in it is of one kind, and nobody in it lives."""

import io

import xlsxwriter

FIRST = [
    "রহিম", "করিম", "সেলিম", "জামাল", "কামাল", "হাবিব", "মিজান", "শফিক",
    "নাসির", "ফারুক", "সালমা", "নাজমা", "রুবিনা", "শেফালি", "মরিয়ম",
]  # fmt: skip
LAST = ["তালুকদার", "হাওলাদার", "মৃধা", "শিকদার", "ভূঁইয়া", "মোল্লা", "প্রামাণিক", "সরকার", "খন্দকার"]
# In the letters of SutonnyMJ: Dhaka, Rajshahi, Jashore, Chattogram, Sirajganj.
BIJOY_PLACES = ("XvKv", "ivRkvnx", "h‡kvi", "PÆMÖvg", "wmivRMÄ")
HEADINGS = ("ক্রমিক", "গ্রাহকের নাম", "মোবাইল নম্বর", "ঠিকানা", "খাতা নং", "মন্তব্য")
PEOPLE = 135  # each first name with each last one
# Written once more further down, with their number spelled in another way.
TWICE = (0, 20, 40, 60, 80)
# No number, one digit short, and a name without anything but a dash for a number.
BAD = (("", "", "XvKv", ""), ("ভুল নম্বর", "0110002", "XvKv", ""), ("", "-", "ivRkvnx", "নাম জানা নেই"))
# Whom nothing but the sound of the name and the place tell to be one: a number of their own each.
ALIKE = (("জব্বার আলী মুন্সি", "০১১০০৫০০০০১"), ("Jabbar Ali Munshi", "01100500002"))
_BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


def number_of(person: int) -> str:
    """The person's own number, of the block that is given to nobody."""
    return f"011003{person:05d}"


def _typed(person: int) -> str | int:
    """The number as whoever kept the list happened to type it that day."""
    digits = number_of(person)
    ways: tuple[str | int, ...] = (
        digits,
        digits.translate(_BENGALI),
        int(digits),  # Excel took it for a number: the zero is lost
        f"+88{digits[:5]}-{digits[5:]}",
        f"{digits.translate(_BENGALI)[:5]}-{digits.translate(_BENGALI)[5:]}",
        f"{digits} / {number_of(person + 50_000)} (ভাই)",
        f"৮৮{digits.translate(_BENGALI)}",
    )
    return ways[person % len(ways)]


def people() -> list[tuple[str, str | int, str, str]]:
    """Name, number, place, note of every row under the headings."""
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    rows: list[tuple[str, str | int, str, str]] = [
        (
            name if place % 4 else f"  {name}  ",
            _typed(place),
            BIJOY_PLACES[place % 5],
            "" if place % 9 else "কিস্তি বাকি",
        )
        for place, name in enumerate(names)
    ]
    rows += [(names[one], number_of(one).translate(_BENGALI), BIJOY_PLACES[one % 5], "") for one in TWICE]
    rows += [*BAD, *((name, phone, "XvKv", "") for name, phone in ALIKE)]
    return rows


def messy_workbook() -> bytes:
    """The list as an Excel file: a title above the headings, an empty row, a column nobody asked for."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("খাতা")
    sheet.write_string(0, 0, "পদ্মা মোটরসের গ্রাহক তালিকা ২০২৬")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(2, column, heading)
    for number, (name, phone, place, note) in enumerate(people(), 1):
        values = (number, name, phone, place, f"খ-{number}".translate(_BENGALI), note)
        for column, value in enumerate(values):
            if value != "":
                sheet.write(number + 2, column, value)
    book.close()
    return out.getvalue()
