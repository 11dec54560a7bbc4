# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Who plays in the demo: head office, three shops with four branches, their departments and people. All invented."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One branch. ``friday_after_jumuah``: open on Friday from 3 pm; all others are closed that day."""

    code: str
    name_bn: str
    name_en: str
    parent: str
    phone: str
    address: str
    trades: tuple[str, ...] = ()
    friday_after_jumuah: bool = False
    mailbox: str = ""


@dataclass(frozen=True, kw_only=True)
class Department:
    """One team. ``categories`` are the kinds of trouble it looks after; empty: all of the shop's."""

    code: str
    name_bn: str
    name_en: str
    branch: str
    lead: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Person:
    """One member of staff. ``username`` is what one signs in with."""

    username: str
    name_bn: str
    name_en: str
    role: str
    branch: str
    teams: tuple[str, ...] = ()
    language: str = "bn"


HEAD_OFFICE = "demo-head"
SHOPS = (
    Shop(
        code=HEAD_OFFICE, name_bn="নবান্ন ট্রেডার্স", name_en="Nabanno Traders", parent="", phone="01190-000100",
        address="সাতমাথা রোড, বগুড়া",
    ),
    Shop(
        code="demo-bogura", name_bn="চাকা মোটরস, বগুড়া", name_en="Chaka Motors, Bogura", parent=HEAD_OFFICE,
        phone="01190-000110", address="ঢাকা–রংপুর মহাসড়ক, বনানী মোড়, বগুড়া", trades=("motorcycle",),
        mailbox="bogura@chaka-motors.example.com",
    ),
    Shop(
        code="demo-naogaon", name_bn="চাকা মোটরস, নওগাঁ", name_en="Chaka Motors, Naogaon", parent=HEAD_OFFICE,
        phone="01190-000120", address="বাইপাস রোড, নওগাঁ", trades=("motorcycle",),
        mailbox="naogaon@chaka-motors.example.com",
    ),
    Shop(
        code="demo-rajshahi", name_bn="ঘরকন্না ইলেকট্রনিকস", name_en="Ghorkonna Electronics", parent=HEAD_OFFICE,
        phone="01190-000130", address="নিউ মার্কেট রোড, রাজশাহী", trades=("appliance", "phone"),
        friday_after_jumuah=True, mailbox="seba@ghorkonna.example.com",
    ),
    Shop(
        code="demo-natore", name_bn="রোদ ও মাটি", name_en="Rod o Mati Solar and Agro", parent=HEAD_OFFICE,
        phone="01190-000140", address="স্টেশন বাজার, নাটোর", trades=("solar", "machinery"),
        mailbox="seba@rodomati.example.com",
    ),
)  # fmt: skip
DEPARTMENTS = (
    Department(
        code="demo-service-bogura", name_bn="সার্ভিস সেন্টার, বগুড়া", name_en="Service centre, Bogura", branch="demo-bogura",
        lead="lead", categories=("service-delay", "repair-again", "product-fault"),
    ),
    Department(
        code="demo-care-bogura", name_bn="গ্রাহকসেবা, বগুড়া", name_en="Customer care, Bogura", branch="demo-bogura", lead="lead",
    ),
    Department(
        code="demo-service-naogaon", name_bn="সার্ভিস সেন্টার, নওগাঁ", name_en="Service centre, Naogaon",
        branch="demo-naogaon", lead="",
    ),
    Department(
        code="demo-care-rajshahi", name_bn="গ্রাহকসেবা, রাজশাহী", name_en="Customer care, Rajshahi", branch="demo-rajshahi",
        lead="lead2",
    ),
    Department(
        code="demo-care-natore", name_bn="গ্রাহকসেবা ও মাঠসেবা, নাটোর", name_en="Customer and field service, Natore",
        branch="demo-natore", lead="",
    ),
)  # fmt: skip
PEOPLE = (
    Person(username="malik", name_bn="মোকছেদ আলী প্রামাণিক", name_en="Mokched Ali Pramanik", role="owner", branch=HEAD_OFFICE),
    Person(username="manager", name_bn="শিউলি রানী মহন্ত", name_en="Shiuli Rani Mohanta", role="manager", branch="demo-bogura"),
    Person(
        username="manager2", name_bn="জহির উদ্দিন আকন্দ", name_en="Johir Uddin Akanda", role="manager", branch="demo-naogaon"
    ),
    Person(
        username="manager3", name_bn="তাহমিনা বিথী তালুকদার", name_en="Tahmina Bithi Talukdar", role="manager",
        branch="demo-rajshahi", language="en",
    ),
    Person(
        username="manager4", name_bn="নিরঞ্জন কুমার বর্মণ", name_en="Niranjan Kumar Barman", role="manager", branch="demo-natore"
    ),
    Person(
        username="lead", name_bn="আরিফা মুন্নী সরদার", name_en="Arifa Munni Sardar", role="team_lead", branch="demo-bogura",
        teams=("demo-service-bogura", "demo-care-bogura"),
    ),
    Person(
        username="lead2", name_bn="সজল মিঠু ঘোষ", name_en="Sojol Mithu Ghosh", role="team_lead", branch="demo-rajshahi",
        teams=("demo-care-rajshahi",),
    ),
    Person(
        username="agent", name_bn="রাশেদ মিলন ফকির", name_en="Rashed Milon Fakir", role="complaint_officer",
        branch="demo-bogura", teams=("demo-care-bogura",),
    ),
    Person(
        username="agent2", name_bn="লাবণী শাপলা খাতুন", name_en="Laboni Shapla Khatun", role="complaint_officer",
        branch="demo-rajshahi", teams=("demo-care-rajshahi",),
    ),
    Person(
        username="agent3", name_bn="কামরুল টুকু শেখ", name_en="Kamrul Tuku Sheikh", role="complaint_officer",
        branch="demo-natore", teams=("demo-care-natore",),
    ),
    Person(
        username="agent4", name_bn="সুমি পারুল টুডু", name_en="Sumi Parul Tudu", role="complaint_officer",
        branch="demo-rajshahi", teams=("demo-care-rajshahi",), language="en",
    ),
    Person(
        username="advisor", name_bn="বাবুল হোসেন মোল্লা", name_en="Babul Hosen Molla", role="service_advisor",
        branch="demo-bogura", teams=("demo-service-bogura",),
    ),
    Person(
        username="advisor2", name_bn="মাসুদ নয়ন ব্যাপারী", name_en="Masud Noyon Bepari", role="service_advisor",
        branch="demo-naogaon", teams=("demo-service-naogaon",),
    ),
    Person(username="desk", name_bn="পলাশী আক্তার রুমি", name_en="Polashi Akter Rumi", role="front_desk", branch="demo-bogura"),
    Person(username="desk2", name_bn="উত্তম কুমার শীল", name_en="Uttom Kumar Shil", role="front_desk", branch="demo-rajshahi"),
    Person(username="desk3", name_bn="জুঁই মিনারা খাতুন", name_en="Jui Minara Khatun", role="front_desk", branch="demo-naogaon"),
    Person(username="desk4", name_bn="পরেশ সুবল সরেন", name_en="Poresh Subol Soren", role="front_desk", branch="demo-natore"),
    Person(username="caller", name_bn="সাথী মৌসুমী বানু", name_en="Sathi Mousumi Banu", role="call_agent", branch=HEAD_OFFICE),
)  # fmt: skip
