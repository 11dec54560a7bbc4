"""Invented people of Bangladesh with doubles of known truth: two scripts, spellings, families, namesakes, wrong digits.

How often what happens is assumed, not measured, and stands in ``Habits``. Names and numbers come from bench/names.py
(numbers of the closed block 011), places are towns and upazilas.
"""

import random
from dataclasses import dataclass, field

from bench.dedupe.truth import Pair, TruthSet
from bench.names import person as invented
from halkhata.records.customers.merging.people import fold_person

# Bengali, Latin (as the government writes it), another Latin spelling in use.
PLACES = (
    ("সাভার", "Savar", "Shavar"), ("ধামরাই", "Dhamrai", "Dhamray"), ("কেরানীগঞ্জ", "Keraniganj", "Keranigonj"),
    ("মিরপুর", "Mirpur", "Meerpur"), ("উত্তরা", "Uttara", "Uttora"), ("গাজীপুর সদর", "Gazipur Sadar", "Gajipur Sadar"),
    ("কালিয়াকৈর", "Kaliakair", "Kaliakoir"), ("শ্রীপুর", "Sreepur", "Sripur"), ("সোনারগাঁও", "Sonargaon", "Shonargaon"),
    ("রূপগঞ্জ", "Rupganj", "Rupgonj"), ("নরসিংদী সদর", "Narsingdi Sadar", "Norshingdi Sadar"),
    ("ভৈরব", "Bhairab", "Voirob"), ("হাটহাজারী", "Hathazari", "Hat Hazari"), ("পটিয়া", "Patiya", "Potia"),
    ("সীতাকুণ্ড", "Sitakunda", "Shitakundo"), ("মিরসরাই", "Mirsharai", "Mirsarai"), ("রাউজান", "Raozan", "Raujan"),
    ("লাকসাম", "Laksam", "Laksham"), ("চান্দিনা", "Chandina", "Candina"), ("দাউদকান্দি", "Daudkandi", "Dawoodkandi"),
    ("বেগমগঞ্জ", "Begumganj", "Begamgonj"), ("ফেনী সদর", "Feni Sadar", "Pheni Sadar"),
    ("পাবনা সদর", "Pabna Sadar", "Pabna Sodor"), ("ঈশ্বরদী", "Ishwardi", "Ishurdi"), ("শেরপুর", "Sherpur", "Serpur"),
    ("শিবগঞ্জ", "Shibganj", "Sibgonj"), ("পুঠিয়া", "Puthia", "Putia"), ("বাঘা", "Bagha", "Baga"),
    ("কুষ্টিয়া সদর", "Kushtia Sadar", "Kustia Sadar"), ("ভেড়ামারা", "Bheramara", "Veramara"),
    ("অভয়নগর", "Abhaynagar", "Ovoynagar"), ("ঝিকরগাছা", "Jhikargachha", "Jikorgacha"), ("ডুমুরিয়া", "Dumuria", "Dumoria"),
    ("ফকিরহাট", "Fakirhat", "Phokirhat"), ("বাকেরগঞ্জ", "Bakerganj", "Bakergonj"), ("গৌরনদী", "Gournadi", "Gauranadi"),
    ("গোলাপগঞ্জ", "Golapganj", "Gulapgonj"), ("বিয়ানীবাজার", "Beanibazar", "Biyanibazar"),
    ("শ্রীমঙ্গল", "Sreemangal", "Srimongol"), ("পীরগঞ্জ", "Pirganj", "Peergonj"), ("মিঠাপুকুর", "Mithapukur", "Mitapukur"),
    ("বীরগঞ্জ", "Birganj", "Beergonj"), ("ত্রিশাল", "Trishal", "Trisal"), ("ভালুকা", "Bhaluka", "Valuka"),
    ("মুক্তাগাছা", "Muktagachha", "Muktagacha"), ("মধুপুর", "Madhupur", "Modhupur"), ("সখিপুর", "Sakhipur", "Shokhipur"),
    ("মাদারগঞ্জ", "Madarganj", "Madargonj"),
)  # fmt: skip
ROADS = (
    ("স্টেশন রোড", "Station Road"), ("কলেজ রোড", "College Road"), ("বাজার রোড", "Bazar Road"),
    ("হাসপাতাল রোড", "Hospital Road"), ("থানা রোড", "Thana Road"), ("মসজিদ গলি", "Masjid Lane"),
    ("পূর্বপাড়া", "Purbapara"), ("পশ্চিমপাড়া", "Paschimpara"), ("উত্তরপাড়া", "Uttarpara"), ("দক্ষিণপাড়া", "Dakshinpara"),
    ("মধ্যপাড়া", "Madhyapara"), ("নদীর ঘাট", "Nadir Ghat"), ("স্কুল মোড়", "School Mor"), ("বড় বাজার", "Boro Bazar"),
)  # fmt: skip
# Ways in which Latin letters write the same sound, and letters of Bengali that are mistaken for each other.
LATIN_SPELLINGS = (
    ("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "oo"), ("kh", "k"), ("kt", "kht"), ("z", "j"), ("j", "z"), ("v", "bh"),
    ("sh", "s"), ("s", "sh"), ("hm", "hom"), ("ai", "e"), ("ia", "iya"), ("ah", "a"), ("ss", "s"), ("que", "k"),
)  # fmt: skip
BENGALI_SPELLINGS = (
    ("ী", "ি"), ("ি", "ী"), ("ূ", "ু"), ("ু", "ূ"), ("ণ", "ন"), ("ন", "ণ"), ("শ", "স"), ("স", "ছ"), ("ষ", "শ"),
    ("জ", "য"), ("য", "জ"), ("ড়", "র"), ("ক্ত", "খত"), ("ো", ""), ("ঃ", ""),
)  # fmt: skip
_NUKTA = "\u09bc"
# What is written instead of a house number and a road, or besides the road.
LANDMARKS = (
    ("বড় মসজিদের পাশে", "Beside Boro Masjid"), ("হাই স্কুলের সামনে", "Opposite High School"), ("বাজারের মোড়", "Bazar Mor"),
    ("ব্রিজের কাছে", "Near the bridge"), ("পোস্ট অফিসের পিছনে", "Behind Post Office"), ("বটতলা", "Bottola"),
)  # fmt: skip


@dataclass(frozen=True)
class Habits:
    """How often what happens, as shares of 1. Assumptions about a shop's book, the same for every seed."""

    has_phone: float = 0.92
    has_email: float = 0.15
    has_address: float = 0.6
    lives_with_the_one_before: float = 0.2
    family_shares_phone: float = 0.6
    has_doubles: float = 0.12
    other_script: float = 0.4
    spelt_otherwise: float = 0.35
    word_missing: float = 0.15
    typing_mistake: float = 0.08
    phone_kept: float = 0.72
    phone_misread: float = 0.08
    phone_changed: float = 0.12
    address_kept: float = 0.55
    address_moved: float = 0.12
    # Of addresses that did not change: another half of the same address, or a landmark instead.
    line_otherwise: float = 0.3


@dataclass
class Written:
    """One entry of the book, as somebody wrote it."""

    names: list[str]
    phone: str = ""
    email: str = ""
    house: int = 0
    road: int = 0
    place: int = -1
    in_latin: bool = False
    respelt_place: bool = False
    line_order: int = 0
    # "": house and road; "road": the road alone; "near": with a landmark instead of the house; "mark": nothing else.
    line_kind: str = ""


@dataclass
class _Body:
    """One person as they are."""

    number: int
    bn: list[str]
    en: list[str]
    phone: str
    email: str
    house: int
    road: int
    place: int
    entries: list[int] = field(default_factory=list)


def make_people(count: int, *, seed: int, habits: Habits | None = None) -> TruthSet:
    """``count`` people with their doubles, and the truth about them. The same for the same seed."""
    habits = habits or Habits()
    rng = random.Random(f"doubles-{seed}")
    written: list[Written] = []
    pairs: set[Pair] = set()
    before: _Body | None = None
    for number in range(1, count + 1):
        body = _body(rng, number, seed, before, habits)
        before = body
        copies = rng.choices((1, 2, 3), (8, 3, 1))[0] if rng.random() < habits.has_doubles else 0
        for copy in range(copies + 1):
            written.append(_entry(rng, body, is_double=copy > 0, habits=habits, seed=seed))
            body.entries.append(len(written))
        pairs |= {(a, b) for a in body.entries for b in body.entries if a < b}
    order = list(range(1, len(written) + 1))
    rng.shuffle(order)
    people = [_fold(key, written[key - 1]) for key in order]
    return TruthSet(people, pairs)


def _body(rng: random.Random, number: int, seed: int, before: _Body | None, habits: Habits) -> _Body:
    who = invented(number, seed)
    phone = f"+88011{who.subscriber}" if rng.random() < habits.has_phone else ""
    email = f"{who.mail_name}@example.com" if rng.random() < habits.has_email else ""
    body = _Body(
        number, who.name_bn.split(), who.name_en.split(), phone, email, rng.randint(1, 180),
        rng.randrange(len(ROADS)), rng.randrange(len(PLACES)) if rng.random() < habits.has_address else -1,
    )  # fmt: skip
    if before is not None and rng.random() < habits.lives_with_the_one_before:
        # A family: one address, often one phone, and a name in common.
        body.house, body.road, body.place = before.house, before.road, before.place
        body.bn[-1], body.en[-1] = before.bn[-1], before.en[-1]
        if rng.random() < habits.family_shares_phone:
            body.phone = before.phone
    return body


def _entry(rng: random.Random, body: _Body, *, is_double: bool, habits: Habits, seed: int) -> Written:
    in_latin = rng.random() < (habits.other_script if is_double else 0.25)
    names = [body.en if in_latin else body.bn]
    if not is_double and rng.random() < 0.2:
        names = [body.bn, body.en]
    entry = Written([" ".join(words) for words in names], in_latin=in_latin)
    entry.phone, entry.email = body.phone, body.email
    entry.house, entry.road, entry.place = body.house, body.road, body.place
    if not is_double:
        return entry
    words = entry.names[0].split()
    if rng.random() < habits.spelt_otherwise:
        words = [_respelt(rng, word, in_latin=in_latin) for word in words]
    if rng.random() < habits.word_missing and len(words) > 2:
        words.pop(rng.randrange(len(words)))
    if rng.random() < 0.2:
        words.insert(0, "Md." if in_latin else "মোঃ")
    name = " ".join(words)
    entry.names = [_mistyped(rng, name) if rng.random() < habits.typing_mistake else name]
    chance = rng.random()
    if entry.phone and chance > habits.phone_kept:
        if chance < habits.phone_kept + habits.phone_misread:
            entry.phone = _misread(rng, entry.phone)
        elif chance < habits.phone_kept + habits.phone_misread + habits.phone_changed:
            entry.phone = f"+88011{rng.randrange(10**8):08d}"
        else:
            entry.phone = ""
    if entry.email and rng.random() > 0.7:
        entry.email = "" if rng.random() < 0.7 else entry.email.replace("@example.com", "@mail.example.com")
    chance = rng.random()
    if entry.place >= 0 and chance > habits.address_kept:
        if chance < habits.address_kept + habits.address_moved:
            entry.house, entry.road = rng.randint(1, 180), rng.randrange(len(ROADS))
            entry.place = rng.randrange(len(PLACES))
        elif chance < 0.85:
            entry.respelt_place, entry.line_order = True, 1
        else:
            entry.place = -1
    if rng.random() < habits.line_otherwise:
        entry.line_kind = rng.choice(("road", "near", "mark"))
    return entry


def _fold(key: int, entry: Written):
    line = area = ""
    if entry.place >= 0:
        bn, en, other = PLACES[entry.place]
        area = (other if entry.respelt_place else en) if entry.in_latin else bn
        road = ROADS[entry.road][1 if entry.in_latin else 0]
        house = f"House {entry.house}" if entry.in_latin else f"বাড়ি {entry.house}"
        # Whoever lives in a house says the same landmark.
        mark = LANDMARKS[entry.house % len(LANDMARKS)][1 if entry.in_latin else 0]
        line = {
            "": f"{road}, {entry.house}" if entry.line_order else f"{house}, {road}",
            "road": road, "near": f"{road}, {mark}", "mark": mark,
        }[entry.line_kind]  # fmt: skip
    return fold_person(
        key,
        names=entry.names,
        phones=[entry.phone] if entry.phone else [],
        emails=[entry.email] if entry.email else [],
        line=line,
        area=area,
    )


def _respelt(rng: random.Random, word: str, *, in_latin: bool) -> str:
    swaps = LATIN_SPELLINGS if in_latin else BENGALI_SPELLINGS
    word = word.lower()
    possible = [(old, new) for old, new in swaps if _at(word, old) >= 0]
    if not possible:
        return word
    old, new = rng.choice(possible)
    at = _at(word, old)
    return word[:at] + new + word[at + len(old) :]


def _at(word: str, old: str) -> int:
    """Where the letters stand; য with the dot below is another letter than য."""
    at = word.find(old)
    return -1 if at >= 0 and word.startswith(_NUKTA, at + len(old)) else at


def _mistyped(rng: random.Random, name: str) -> str:
    at = rng.randrange(len(name))
    kind = rng.randrange(3)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at : at + 1] * 2 + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


def _misread(rng: random.Random, phone: str) -> str:
    at = rng.randrange(6, len(phone))
    if rng.random() < 0.3 and at + 1 < len(phone):
        return phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]
    return phone[:at] + rng.choice([digit for digit in "0123456789" if digit != phone[at]]) + phone[at + 1 :]
