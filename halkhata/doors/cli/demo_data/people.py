"""About 400 invented people: who they are is thrown with dice that always fall the same way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from halkhata.doors.cli.demo_data.names import pick_name
from halkhata.doors.cli.demo_data.places import LATIN, PLACES, POST_CODES
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.country_packs import read_place
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, Organization
from halkhata.records.customers.services.contacts import read_contacts
from halkhata.records.customers.services.organizations import create_organization
from halkhata.records.customers.services.owners import claim_unowned
from halkhata.records.customers.services.search_index import index_customers

COUNT = 400
# Share of each shop among the people.
SHARES = {"demo-bogura": 0.32, "demo-naogaon": 0.16, "demo-rajshahi": 0.34, "demo-natore": 0.18}
_BENGALI_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

ORGANIZATIONS = (
    ("মাঝিড়া আদর্শ উচ্চ বিদ্যালয়", "Majhira Adarsha High School", "demo-bogura", "প্রধান শিক্ষক"),
    ("সোনারায় কৃষক সমবায় সমিতি", "Sonaray Farmers' Cooperative", "demo-natore", "সম্পাদক"),
    ("পূর্বপাড়া জামে মসজিদ কমিটি", "Purbopara Mosque Committee", "demo-rajshahi", "কোষাধ্যক্ষ"),
    ("দখিন হাওয়া হোটেল ও রেস্তোরাঁ", "Dokhin Hawa Hotel and Restaurant", "demo-rajshahi", "ব্যবস্থাপক"),
    ("চলন ধান কল", "Cholon Rice Mill", "demo-natore", "মালিক"),
    ("নদীপথ কুরিয়ার সার্ভিস", "Nodipoth Courier Service", "demo-bogura", "ডেলিভারি প্রধান"),
)


@dataclass(frozen=True, kw_only=True)
class PersonPlan:
    """One person of the demo before the database knows of him."""

    name_bn: str
    name_en: str
    honorific: str
    language: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    shop: str
    address: dict[str, str]
    since: datetime
    preferred_channel: str = ""
    preferred_hours: str = ""
    note: str = ""
    organization: int | None = None
    organization_role: str = ""
    part: str = ""


def plan_people(dice: Random, now: datetime) -> list[PersonPlan]:
    """The people, oldest first. The same dice and the same ``now`` always plan the same people."""
    people = [_one(dice, number, now) for number in range(COUNT - 6)]
    people += _special(now)
    people += [_of_organization(dice, index, now) for index in range(len(ORGANIZATIONS))][: COUNT - len(people)]
    return sorted(people, key=lambda person: (person.since, person.name_en))


def typed_phone(dice: Random, digits: str) -> str:
    """An 11-digit number in one of the spellings people really write."""
    head, tail = digits[:5], digits[5:]
    ways = (
        f"{head}-{tail}",
        digits,
        f"+880 {digits[1:5]} {tail}",
        f"88{digits}",
        f"{head} {tail[:3]} {tail[3:]}",
        digits.translate(_BENGALI_DIGITS),
        f"{head}-{tail}".translate(_BENGALI_DIGITS),
        f"+৮৮০{digits[1:]}".translate(_BENGALI_DIGITS),
        f"00880{digits[1:]}",
    )
    return dice.choice(ways)


def _one(dice: Random, number: int, now: datetime) -> PersonPlan:
    (name_bn, name_en), woman = pick_name(dice)
    shop = dice.choices(list(SHARES), weights=list(SHARES.values()))[0]
    language = "en" if dice.random() < 0.14 else "bn"
    phones = [typed_phone(dice, f"0119{5 + number % 5}{100000 + number * 7 % 900000:06d}")]
    if dice.random() < 0.12:
        phones.append(
            typed_phone(dice, f"01191{500000 + number:06d}") + dice.choice((" (ভাই)", " (দোকান)", " (স্ত্রী)", " (ছেলে)"))
        )
    emails = []
    if dice.random() < 0.3 or language == "en":
        emails.append(f"{name_en.lower().replace(' ', '.')}{number}@example.com")
    both = dice.random()
    since = now - timedelta(days=dice.randint(20, 900), minutes=dice.randint(0, 600))
    return PersonPlan(
        name_bn="" if language == "en" and both < 0.4 else name_bn,
        name_en=name_en if language == "en" or both < 0.45 else "",
        honorific=_title(dice, woman, language),
        language=language,
        phones=tuple(phones),
        emails=tuple(emails),
        shop=shop,
        address=_address(dice, shop, latin=language == "en") if dice.random() < 0.85 else {},
        since=since.replace(second=0, microsecond=0),
        preferred_channel=dice.choice(("phone", "phone", "sms", ""))
        if not emails
        else dice.choice(("email", "phone", "")),
    )


def _title(dice: Random, woman: bool, language: str) -> str:
    if dice.random() < 0.25:
        return ""
    if language == "en":
        return "ms" if woman else "mr"
    return dice.choice(("begum", "apa", "apa")) if woman else dice.choice(("janab", "janab", "bhai"))


def _address(dice: Random, shop: str, *, latin: bool) -> dict[str, str]:
    district, upazila, villages, landmarks = dice.choice(PLACES[shop])
    if latin:
        return {
            "line": f"House {dice.randint(2, 98)}, Road {dice.randint(1, 14)}",
            "upazila": LATIN[upazila],
            "district": LATIN[district],
            "post_code": POST_CODES[district],
        }
    return {
        "line": f"গ্রাম: {dice.choice(villages)}" if dice.random() < 0.6 else dice.choice(villages),
        "landmark": dice.choice(landmarks) if dice.random() < 0.7 else "",
        "upazila": upazila,
        "district": district,
        "post_code": POST_CODES[district] if dice.random() < 0.5 else "",
    }


def _of_organization(dice: Random, index: int, now: datetime) -> PersonPlan:
    (name_bn, name_en), woman = pick_name(dice)
    shop = ORGANIZATIONS[index][2]
    return PersonPlan(
        name_bn=name_bn,
        name_en=name_en,
        honorific="apa" if woman else "janab",
        language="bn",
        phones=(f"01192-{300100 + index}",),
        emails=(f"office{index}@organization.example.com",),
        shop=shop,
        address=_address(dice, shop, latin=False),
        since=(now - timedelta(days=400 + index)).replace(second=0, microsecond=0),
        organization=index,
        organization_role=ORGANIZATIONS[index][3],
    )


def _special(now: datetime) -> list[PersonPlan]:
    """People the story needs by name: ``part`` says who they are."""
    home = {
        "line": "গ্রাম: খামারকান্দি",
        "landmark": "পুরান বটগাছের পাশে",
        "upazila": "শেরপুর",
        "district": "বগুড়া",
        "post_code": "5840",
    }

    def person(part: str, days: int, **values: object) -> PersonPlan:
        since = (now - timedelta(days=days)).replace(hour=5, minute=30, second=0, microsecond=0)
        defaults: dict[str, object] = {
            "name_en": "",
            "honorific": "janab",
            "language": "bn",
            "emails": (),
            "shop": "demo-bogura",
            "address": home,
            "since": since,
            "part": part,
        }
        return PersonPlan(**{**defaults, **values})  # type: ignore[arg-type]

    return [
        person(
            "regular",
            620,
            name_bn="মোঃ করিম সরদার",
            name_en="Md Karim Sardar",
            phones=("01199-112233",),
            emails=("karim.sardar@example.com",),
            preferred_channel="phone",
            note="আট বছরের গ্রাহক। দুটি বাইক আমাদের কাছ থেকে কেনা।",
        ),
        person(
            "after-five",
            340,
            name_bn="মালতী রানী সাহা",
            honorific="apa",
            phones=("০১১৯৯-২২৩৩৪৪",),
            preferred_channel="phone",
            preferred_hours="বিকেল ৫টার পর",
            note="স্কুলে পড়ান; ৫টার আগে ফোন ধরেন না।",
            shop="demo-rajshahi",
        ),
        person(
            "angry",
            75,
            name_bn="তোফাজ্জল আকন্দ",
            honorific="bhai",
            phones=("01199-334455",),
            emails=("tofazzal.akanda@example.com",),
            shop="demo-rajshahi",
        ),
        person(
            "twin-1", 210, name_bn="মোছাঃ রোকেয়া নাহার", honorific="begum", phones=("01199-445566",), shop="demo-natore"
        ),
        person(
            "twin-2",
            58,
            name_bn="",
            name_en="Mst Rokeya Nahar",
            honorific="ms",
            phones=("+880 1199 445566",),
            shop="demo-natore",
            address={},
            emails=("rokeya.nahar@example.com",),
        ),
        person(
            "bounces",
            190,
            name_bn="সাইদুর ফকির",
            phones=("01199-556677",),
            emails=("saidur.fokir@example.com",),
            preferred_channel="email",
        ),
    ]


def write_people_down(
    plans: list[PersonPlan], branches: dict[str, Branch], teams: dict[str, Team]
) -> dict[str, Customer]:
    """Create the people in bulk, read and indexed by the customers' own services (one by one takes too long).

    ``teams``: by shop, the department whose staff see them. Returns the customers by part or number.
    """
    organizations: dict[int, Organization] = {}
    for index, (name_bn, name_en, shop, _role) in enumerate(ORGANIZATIONS):
        organizations[index] = create_organization(
            actor=None,
            name_bn=name_bn,
            name_en=name_en,
            branch=branches[shop],
            phones=[f"01192-{400100 + index}"],
            is_demo=True,
        )
    rows = Customer.objects.bulk_create(
        Customer(
            name_bn=plan.name_bn,
            name_en=plan.name_en,
            honorific=plan.honorific,
            language=plan.language,
            preferred_channel=plan.preferred_channel,
            preferred_hours=plan.preferred_hours,
            organization=None if plan.organization is None else organizations[plan.organization],
            organization_role=plan.organization_role,
            branch=branches[plan.shop],
            home_team=teams[plan.shop],
            note=plan.note,
            created_at=plan.since,
            updated_at=plan.since,
            is_demo=True,
        )
        for plan in plans
    )
    pairs = list(zip(plans, rows, strict=True))
    # The product marks numbers of the closed block 011 as unreachable. In the story it is the living one.
    points = []
    for plan, customer in pairs:
        read = read_contacts(phones=plan.phones, emails=plan.emails, region="BD")
        seen: set[str] = set()
        for one in read:
            points.append(
                ContactPoint(
                    customer=customer,
                    kind=one.kind,
                    typed=one.typed,
                    value=one.value,
                    label=one.label,
                    is_primary=one.kind not in seen,
                    created_at=plan.since,
                    is_demo=True,
                )
            )
            seen.add(one.kind)
    ContactPoint.objects.bulk_create(points)
    claim_unowned([row.pk for row in rows])
    homes = [Address(customer=row, is_demo=True, **plan.address) for plan, row in pairs if plan.address]
    for home in homes:
        place = read_place(home.country, home.district, home.upazila)
        home.district_code, home.upazila_code = place.district_code, place.upazila_code
    Address.objects.bulk_create(homes)
    index_customers(rows, are_new=True)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=plan.since,
            actor_label=SYSTEM.audit_label,
            action="customer.create",
            record_type="customers.customer",
            record_id=str(row.pk),
            record_label=str(row),
            after={"language": plan.language},
            is_demo=True,
        )
        for plan, row in pairs
    )
    Activity.objects.bulk_create(
        Activity(customer=row, at=plan.since, verb="customer.created", is_demo=True) for plan, row in pairs
    )
    return {plan.part or str(number): row for number, (plan, row) in enumerate(pairs)}
