"""Invented people of Bangladesh: names in Bengali and Latin letters, and mobile numbers of the closed block 011."""

from dataclasses import dataclass

# Bengali, Latin. Common given names and family names, put together at random: nobody's in particular.
GIVEN: tuple[tuple[str, str], ...] = (
    ("রহিমা", "Rahima"), ("করিম", "Karim"), ("সালমা", "Salma"), ("জাহিদ", "Zahid"), ("নাসরিন", "Nasrin"),
    ("মিজানুর", "Mizanur"), ("শারমিন", "Sharmin"), ("আবদুল", "Abdul"), ("ফারহানা", "Farhana"), ("তানভীর", "Tanvir"),
    ("সুমাইয়া", "Sumaiya"), ("রাশেদ", "Rashed"), ("নুসরাত", "Nusrat"), ("হাবিবুর", "Habibur"), ("আয়েশা", "Ayesha"),
    ("শফিকুল", "Shafiqul"), ("মরিয়ম", "Mariam"), ("দেলোয়ার", "Delwar"), ("খাদিজা", "Khadija"), ("আশরাফ", "Ashraf"),
    ("লাকী", "Laki"), ("বিপ্লব", "Biplob"), ("শিউলি", "Shiuli"), ("জসিম", "Jashim"), ("মৌসুমী", "Mousumi"),
    ("আনোয়ার", "Anwar"), ("পারভীন", "Parvin"), ("সোহেল", "Sohel"), ("রোকেয়া", "Rokeya"), ("ইমরান", "Imran"),
    ("সুব্রত", "Subrata"), ("লক্ষ্মী", "Lakshmi"), ("প্রদীপ", "Pradip"), ("কৃষ্ণা", "Krishna"), ("উজ্জ্বল", "Ujjal"),
    ("তাসলিমা", "Taslima"), ("মোস্তাফিজ", "Mostafiz"), ("রুবিনা", "Rubina"), ("শহিদুল", "Shahidul"), ("জেসমিন", "Jesmin"),
)  # fmt: skip
MIDDLE: tuple[tuple[str, str], ...] = (
    ("", ""), ("", ""), ("উদ্দিন", "Uddin"), ("আলম", "Alam"), ("হক", "Haque"), ("কুমার", "Kumar"), ("আরা", "Ara"),
    ("ইসলাম", "Islam"), ("নাহার", "Nahar"), ("আলী", "Ali"), ("চন্দ্র", "Chandra"), ("রানী", "Rani"),
)  # fmt: skip
FAMILY: tuple[tuple[str, str], ...] = (
    ("বেগম", "Begum"), ("হোসেন", "Hossain"), ("চক্রবর্তী", "Chakraborty"), ("তালুকদার", "Talukdar"), ("মিয়া", "Mia"),
    ("আক্তার", "Akter"), ("রহমান", "Rahman"), ("সরকার", "Sarkar"), ("খাতুন", "Khatun"), ("শেখ", "Sheikh"),
    ("মণ্ডল", "Mondal"), ("চৌধুরী", "Chowdhury"), ("বিশ্বাস", "Biswas"), ("ভূঁইয়া", "Bhuiyan"), ("দাস", "Das"),
    ("প্রামাণিক", "Pramanik"), ("সুলতানা", "Sultana"), ("ফকির", "Fakir"), ("মজুমদার", "Majumder"), ("মোল্লা", "Molla"),
    ("পাল", "Pal"), ("হাওলাদার", "Howlader"), ("শাহ", "Shah"), ("মল্লিক", "Mallik"), ("ঘোষ", "Ghosh"),
    ("গাজী", "Gazi"), ("প্রধান", "Prodhan"), ("কাজী", "Kazi"), ("সাহা", "Saha"), ("খন্দকার", "Khandaker"),
)  # fmt: skip
_COMBINATIONS = len(GIVEN) * len(MIDDLE) * len(FAMILY)
_BLOCK = 100_000_000  # numbers in the block 011
_STRIDE = 61_803_399  # shares no factor with the block, so no number comes twice


@dataclass(frozen=True, slots=True)
class Person:
    """Who the n-th customer is."""

    name_bn: str
    name_en: str
    # The eight digits after 011.
    subscriber: str
    # The part of the e-mail address before the @.
    mail_name: str


def person(number: int, seed: int) -> Person:
    """The ``number``-th invented person of ``seed``: always the same; no two share a phone number or an address."""
    mixed = (number * 7_919 + seed * 104_729) % _COMBINATIONS
    given = GIVEN[mixed % len(GIVEN)]
    middle = MIDDLE[mixed // len(GIVEN) % len(MIDDLE)]
    family = FAMILY[mixed // (len(GIVEN) * len(MIDDLE))]
    parts = (given, middle, family)
    return Person(
        name_bn=" ".join(part[0] for part in parts if part[0]),
        name_en=" ".join(part[1] for part in parts if part[1]),
        subscriber=f"{(number * _STRIDE + seed * 15_485_863) % _BLOCK:08d}",
        mail_name=f"{given[1].lower()}.{number}",
    )
