"""Reminders of the demo: rules, a month of mornings, calls that ended in every way; a recall; the service network."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.services.calling import record_call
from halkhata.desks.aftercare.services.centres import save_centre
from halkhata.desks.aftercare.services.defaults import create_usual_rules
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recall_steps import mark_done, record_recall_call
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Brand, Product, UnitIdentifier

# So many mornings before the last one.
MORNINGS = (24, 17, 10, 3, 1)
NOTES = ("শুক্রবার আসবেন বলেছেন", "এখন গ্রামের বাড়িতে, পরে আসবেন", "")
# Names, district, upazila, address, hours, units a day, whose brands.
CENTRES = (
    ("বগুড়া ওয়ার্কশপ", "Bogura workshop", "Bogura", "Bogura Sadar", "স্টেশন রোড", "Station Road", 14, ("Jhor",)),
    ("নওগাঁ সার্ভিস পয়েন্ট", "Naogaon service point", "Naogaon", "Naogaon Sadar", "বাইপাস মোড়", "Bypass crossing", 8,
     ("Jhor",)),
    ("রাজশাহী হোম সার্ভিস", "Rajshahi home service", "Rajshahi", "Boalia", "সাহেব বাজার", "Shaheb Bazar", 10,
     ("Himali", "Dhopa", "Doyel")),
    ("নাটোর কৃষি যন্ত্র", "Natore farm machines", "Natore", "Natore Sadar", "কানাইখালী", "Kanaikhali", 5,
     ("Langol", "Surjomukhi")),
    ("পাবনা পার্টনার", "Pabna partner", "Pabna", "Pabna Sadar", "আব্দুল হামিদ রোড", "Abdul Hamid Road", 6, ()),
)  # fmt: skip


def call_about_service(*, branches: Mapping[str, Branch], staff: Mapping[str, User], now: datetime) -> int:
    """A month of mornings with calls, a recall half done, the network. Returns how many reminders there are."""
    owner = staff["malik"]
    with moved_to(now - timedelta(days=200)):
        create_usual_rules(is_demo=True)
        _open_centres(owner)
    for morning in MORNINGS:
        at = (now - timedelta(days=morning)).replace(hour=3, minute=30)
        with moved_to(at):
            plan_reminders(on=day_of(at))
        with moved_to(at + timedelta(hours=2)):
            _call(owner, at, answered=morning > 1)
    _recall(owner, now)
    return Reminder.objects.filter(is_demo=True).count()


def _open_centres(owner: User) -> None:
    for number, (bn, en, district, upazila, address_bn, address_en, capacity, names) in enumerate(CENTRES):
        save_centre(
            actor=owner, name_bn=bn, name_en=en, phone=f"0110091000{number}", district=district, upazila=upazila,
            address_bn=address_bn, address_en=address_en, hours_bn="শনি–বৃহস্পতি, সকাল ৯টা–সন্ধ্যা ৬টা",
            hours_en="Sat–Thu, 9 am – 6 pm", capacity=capacity,
            brands=list(Brand.objects.filter(is_demo=True, name_en__in=names)), is_demo=True,
        )  # fmt: skip


def _call(owner: User, at: datetime, *, answered: bool) -> None:
    """Most of those of the morning are called; the last morning's still wait."""
    waiting = Reminder.objects.filter(is_demo=True, state="open", made_at__lte=at).order_by("pk")
    for number, row in enumerate(list(waiting)):
        if not answered and number % 3:
            continue
        result = ("reached", "no_answer", "reached", "no_call")[number % 4] if answered else "no_answer"
        if result == "no_call" and number > 4:
            result = "reached"
        record_call(actor=owner, reminder=row, result=result, note=NOTES[number % 3] if result == "reached" else "")


def _recall(owner: User, now: datetime) -> None:
    """The brake cable of a motorcycle: told, not reached, done."""
    product = Product.objects.filter(is_demo=True, model_code="JH125").select_related("brand").first()
    if product is None:
        return
    numbers = UnitIdentifier.objects.filter(product=product, kind="chassis").order_by("pk")
    listed = list(numbers.values_list("value", flat=True)[:8])
    if not listed:
        return
    with moved_to(now - timedelta(days=12)):
        recall = start_recall(
            actor=SYSTEM, brand=product.brand, product=product, serials="\n".join([*listed, "CM-0000001"]),
            name_bn="ব্রেক ক্যাবল বদল", name_en="Brake cable to be changed",
            text_bn="সামনের ব্রেক ক্যাবল বিনা খরচে বদলে দেওয়া হবে। গাড়িটি নিয়ে আসুন।",
            text_en="The front brake cable is changed free of charge. Please bring the motorcycle.",
            remedy="সামনের ব্রেক ক্যাবল বদলে লক-নাট টাইট দিন।", company_ref="JH-R-26-04", sends_texts=False,
            is_demo=True,
        )  # fmt: skip
    with moved_to(now - timedelta(days=9)):
        for number, row in enumerate(recall.units.order_by("pk")):
            if number % 4 == 3:
                continue
            result = "no_answer" if number % 4 == 1 else "reached"
            record_recall_call(actor=owner, row=row, result=result)
            if number % 4 == 2:
                row.refresh_from_db()
                mark_done(actor=owner, row=row, note="রাজশাহীর ডিলার করে দিয়েছেন")
