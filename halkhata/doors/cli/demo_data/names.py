# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Given names and family names, combined at random: nobody the demo shows exists."""

from random import Random

# (Bengali, Latin). A person is one of the first and one of the second list of a row.
_MEN = [
    ("আনিসুর", "Anisur"), ("মোকাররম", "Mokarram"), ("শফিউল", "Shofiul"), ("জাহিদুল", "Jahidul"), ("রেজাউল", "Rezaul"),
    ("তোফাজ্জল", "Tofazzal"), ("ফারুক", "Faruk"), ("হাবিবুর", "Habibur"), ("নূরুল", "Nurul"), ("সাইদুর", "Saidur"),
    ("আশরাফুল", "Ashraful"), ("মনিরুজ্জামান", "Moniruzzaman"), ("খাদেমুল", "Khademul"), ("ইউনুছ", "Yunus"),
    ("লোকমান", "Lokman"), ("আজিজুল", "Azizul"), ("মিজানুর", "Mizanur"), ("ওবায়দুল", "Obaidul"), ("তারিকুল", "Tariqul"),
    ("জিল্লুর", "Zillur"), ("সিরাজুল", "Sirajul"), ("মতিয়ার", "Motiar"), ("আব্বাস", "Abbas"), ("সোহেল", "Sohel"),
]  # fmt: skip
_MEN_FAMILY = [
    ("রহমান", "Rahman"), ("ইসলাম", "Islam"), ("হক", "Haque"), ("আলী", "Ali"), ("মিয়া", "Mia"), ("প্রামাণিক", "Pramanik"),
    ("মণ্ডল", "Mondol"), ("সরদার", "Sardar"), ("খন্দকার", "Khondokar"), ("শেখ", "Sheikh"), ("মোল্লা", "Molla"),
    ("আকন্দ", "Akanda"), ("ফকির", "Fakir"), ("তালুকদার", "Talukdar"), ("ব্যাপারী", "Bepari"), ("সরকার", "Sarkar"),
]  # fmt: skip
_WOMEN = [
    ("রোকেয়া", "Rokeya"), ("শাহনাজ", "Shahnaz"), ("নাছিমা", "Nasima"), ("সালেহা", "Saleha"), ("মর্জিনা", "Morjina"),
    ("তাসলিমা", "Taslima"), ("রেহেনা", "Rehena"), ("জাহানারা", "Jahanara"), ("ফিরোজা", "Firoza"), ("আছিয়া", "Asia"),
    ("কোহিনূর", "Kohinur"), ("মমতা", "Momota"), ("শেফালী", "Shefali"), ("হালিমা", "Halima"), ("সাবিহা", "Sabiha"),
    ("নুসরাত", "Nusrat"), ("ফাহমিদা", "Fahmida"), ("মুর্শিদা", "Murshida"), ("লতিফা", "Latifa"), ("রাবেয়া", "Rabeya"),
]  # fmt: skip
_WOMEN_FAMILY = [
    ("খাতুন", "Khatun"), ("বেগম", "Begum"), ("পারভীন", "Parvin"), ("আক্তার", "Akter"), ("সুলতানা", "Sultana"),
    ("ইয়াসমিন", "Yasmin"), ("নাহার", "Nahar"), ("বানু", "Banu"),
]  # fmt: skip
_HINDU_MEN = [
    ("নিখিল", "Nikhil"), ("পরিমল", "Porimol"), ("সুবল", "Subol"), ("দিলীপ", "Dilip"), ("গৌতম", "Goutam"),
    ("অনিল", "Anil"), ("বিকাশ", "Bikash"), ("তপন", "Topon"), ("রতন", "Roton"), ("প্রদীপ", "Prodip"),
]  # fmt: skip
_HINDU_WOMEN = [
    ("মালতী", "Maloti"), ("অঞ্জলি", "Anjoli"), ("সবিতা", "Sobita"), ("কল্পনা", "Kolpona"), ("দীপালি", "Dipali"),
    ("মিনতি", "Minoti"), ("পূর্ণিমা", "Purnima"),
]  # fmt: skip
_HINDU_FAMILY = [
    ("চন্দ্র বর্মণ", "Chandra Barman"), ("কুমার সাহা", "Kumar Saha"), ("চন্দ্র মহন্ত", "Chandra Mohanta"), ("কুমার ঘোষ", "Kumar Ghosh"),
    ("চন্দ্র শীল", "Chandra Shil"), ("কুমার দাস", "Kumar Das"),
]  # fmt: skip
_HINDU_WOMEN_FAMILY = [
    ("রানী বর্মণ", "Rani Barman"),
    ("রানী সাহা", "Rani Saha"),
    ("রানী মহন্ত", "Rani Mohanta"),
    ("রানী দাস", "Rani Das"),
]
_INDIGENOUS = [
    (("সুনীল", "Sunil"), ("হেমব্রম", "Hembrom")), (("রবিন", "Robin"), ("মুর্মু", "Murmu")), (("মিতালী", "Mitali"), ("সরেন", "Soren")),
    (("জ্যোতি", "Jyoti"), ("টুডু", "Tudu")),
]  # fmt: skip

Name = tuple[str, str]


def pick_name(dice: Random) -> tuple[Name, bool]:
    """A name in both scripts, and whether it is a woman's."""
    kind = dice.random()
    if kind < 0.55:
        first, last, woman = dice.choice(_MEN), dice.choice(_MEN_FAMILY), False
    elif kind < 0.82:
        first, last, woman = dice.choice(_WOMEN), dice.choice(_WOMEN_FAMILY), True
    elif kind < 0.91:
        first, last, woman = dice.choice(_HINDU_MEN), dice.choice(_HINDU_FAMILY), False
    elif kind < 0.97:
        first, last, woman = dice.choice(_HINDU_WOMEN), dice.choice(_HINDU_WOMEN_FAMILY), True
    else:
        first, last = dice.choice(_INDIGENOUS)
        woman = first[1] in {"Mitali", "Jyoti"}
    prefix_bn, prefix_en = ("মোঃ ", "Md ") if not woman and kind < 0.55 and dice.random() < 0.3 else ("", "")
    return (f"{prefix_bn}{first[0]} {last[0]}", f"{prefix_en}{first[1]} {last[1]}"), woman
