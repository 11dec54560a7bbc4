"""What people bring to the counter after the sale and should not: refused in the reader's words, with the way out, and
nothing is changed: unknown serial, used coupon, expired window, wrong IMEI, a unit sold elsewhere, a second receipt.
"""

import hashlib
import unicodedata
from datetime import date
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.urls import reverse

from halkhata.desks.claims.tests.conftest import CHIEF
from halkhata.desks.returns.services.approving import approve_return
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.tests.conftest import ask, make_desk, make_unit
from halkhata.desks.returns.tests.conftest import sell as sell_fridge
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.records.catalog.services.purchases import reverse_purchase
from halkhata.records.catalog.tests.conftest import IMEI, IMEI2, catalog, rahima, sell
from halkhata.records.stock.models import Movement
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.services.coupons import use_coupon
from halkhata.records.warranty.tests.conftest import bike, terms
from tests.permissions.walk import NAMED_EXCEPTIONS
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
__all__ = ["bike", "catalog", "rahima", "terms"]

LANGUAGES = ("bn", "en")
# Sessions and counters of tries, and when somebody was last seen, are no change of the books.
_NOT_BOOKS = {*NAMED_EXCEPTIONS, "accounts_user"}


def books():
    """One hash of every row of the house."""
    held = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label_lower):
        if model._meta.db_table not in _NOT_BOOKS and not model._meta.proxy and model._meta.managed:
            rows = sorted(map(repr, model._base_manager.order_by().values_list()))
            held.update(f"{model._meta.label_lower}{rows}".encode())
    return held.hexdigest()


def words_on(answer):
    """What the page says, without its markup."""
    text = BeautifulSoup(answer.content, "html.parser").get_text(" ")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def refused(client, *, status, words, get=None, post=None, data=None):
    """The page answers with ``status``, says exactly ``words``, and every row stands as before."""
    before = books()
    answer = client.get(get, data) if get else client.post(post, data)
    assert answer.status_code == status
    shown = words_on(answer)
    assert [one for one in words if unicodedata.normalize("NFC", one) not in shown] == [], shown
    assert books() == before


UNKNOWN = {
    "warranty:check": {
        "bn": ["এই নম্বরে কিছু পাওয়া যায়নি। অন্য জায়গা থেকে কেনা? বিল দিয়ে নিবন্ধন করুন।"],
        "en": ["Nothing is known under this number. Was it bought elsewhere? Register it with the bill."],
    },
    "claims:new": {
        "bn": ["এই নম্বরের কোনো পণ্য নেই। আবার দেখুন, বা আগে পণ্যটি লিখে নিন।"],
        "en": ["No unit has this number. Look at it again, or take the unit down first."],
    },
    "service:new": {
        "bn": ["এমন কিছু জানা নেই। আগে লিখে নিন: বিক্রি লিখুন, বা নিবন্ধন করুন।"],
        "en": ["No such unit is known. Write it down first: record its sale, or register it."],
    },
}
NOT_SOLD_HERE = {
    "bn": [
        "খাতা অনুযায়ী এটি এখানে বিক্রি হয়নি",
        "নম্বরটি আবার দেখুন: অক্ষর ও অঙ্ক সহজে গুলিয়ে যায়। অন্য শাখা বা দোকানে কেনা হলে সেখানেই ফেরত যায়। মেমোতে বিক্রির প্রমাণ থাকলে আগে "
        "বিক্রিটি লিখুন।",
    ],
    "en": [
        "This was not sold here, as far as the books know",
        "Look at the number again: letters and digits are easily mixed up. If it was bought in another branch or shop, "
        "it goes back there. If the memo proves the sale, record the sale first.",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_serial_says_how_it_becomes_known(shop, catalog, terms, client_as, language):
    all_rights = (*CHIEF, "warranty.register", "job.view", "job.create", "return.view", "return.create")
    role = make_role("everywhere", level=3, scope="branch", permissions=all_rights)
    client = client_as(make_user("everywhere", branch=shop.branch, role=role), language)
    fields = {"warranty:check": "q", "claims:new": "find", "service:new": "q"}
    for name, words in UNKNOWN.items():
        refused(client, get=reverse(name), data={fields[name]: "ZZZ-999"}, status=200, words=words[language])
    refused(client, get=reverse("returns:new"), data={"find": "ZZZ-999"}, status=200, words=NOT_SOLD_HERE[language])


USED = {
    "bn": "ফ্রি সার্ভিস ১ নেওয়া হয়েছে ১০ এপ্রিল ২০২৬ (জ-১০০১), আর একবারই পাওয়া যায়। পরের ফ্রি সার্ভিসটি নিন, অথবা গ্রাহক দাম দেবেন।",
    "en": "Free service 1 was used on 10 Apr 2026 (J-1001) and counts once. "
    "Take the next one, or let the customer pay.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_used_coupon_says_when_it_was_used_and_what_else_there_is(bike, catalog, client_as, language):
    coupon = Coupon.objects.get(number=1)
    use_coupon(actor=catalog.counter, coupon_id=coupon.pk, on=date(2026, 4, 10), reading=900, job_number="J-1001")
    refused(
        client_as(catalog.counter, language), post=reverse("warranty:use_coupon", args=[coupon.pk]),
        data={"on": "2026-04-11", "reading": "950", "job_number": "J-1002"}, status=409, words=[USED[language]],
    )  # fmt: skip


COUPON_OVER = {
    "bn": "ফ্রি সার্ভিস ১-এর মেয়াদ ছিল ২৬ এপ্রিল ২০২৬ পর্যন্ত। ম্যানেজার সৌজন্য হিসেবে ছাড় দিতে পারেন।",
    "en": "Free service 1 was good until 26 Apr 2026. A manager may let it pass as goodwill.",
}
WINDOW_OVER = {
    "bn": "ম্যানেজার চাইলে কারণ লিখে সৌজন্য হিসেবে তবু নিতে পারেন।",
    "en": "A manager can accept it all the same, as goodwill, with a reason.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_expired_coupon_says_until_when_and_who_may_let_it_pass(bike, catalog, client_as, language):
    address = reverse("warranty:use_coupon", args=[Coupon.objects.get(number=1).pk])
    refused(
        client_as(catalog.counter, language), post=address, data={"on": "2026-06-01", "reading": "900"}, status=422,
        words=[COUPON_OVER[language]],
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_expired_window_of_a_return_says_the_rule_and_who_may_accept_it(shop, client_as, language):
    desk = make_desk(shop)
    line = sell_fridge(desk, days_ago=20)
    words = {"bn": "আমাদের নীতির ৭ দিন", "en": "The 7 days of our policy were over on"}
    refused(
        client_as(desk.owner, language), post=reverse("returns:new"), status=422,
        data={"line": f"{line.pk}-{line.unit_id}", "reason_code": "defect", "quantity": "1", "channel": "counter"},
        words=[words[language], WINDOW_OVER[language]],
    )  # fmt: skip


DOUBTFUL = {
    "bn": "এটি আইএমইআইয়ের মতো নয়: তাতে ১৫ অঙ্ক থাকে, শেষ অঙ্কটি বাকিগুলো মিলিয়ে দেখে।",
    "en": "This does not look like an IMEI: it has 15 digits, and the last one checks the others.",
}
TAKEN = {
    "bn": "এই নম্বরের ইউনিট আগেই লেখা আছে: ই-১০০১।",
    "en": "This number belongs to a unit that is written down already: U-1001.",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", [f"{IMEI[:-1]}9", IMEI[:-1], f"{IMEI}1", "০০০০০০০০০০০০০০১"])
def test_wrong_imei_is_asked_about_before_anything_is_written(catalog, rahima, client_as, language, typed):
    data = {"token": "t1", "who": "01100000001", "product": "Phone 12", "identifier_imei1": typed}
    client = client_as(catalog.seller, language)
    refused(client, post=reverse("catalog:sale_new"), data=data, status=422, words=[DOUBTFUL[language]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_imei_of_a_phone_that_is_sold_names_that_phone(catalog, rahima, client_as, language):
    sell(catalog, rahima, catalog.phone, identifiers={"imei1": IMEI})
    data = {
        "token": "t2", "who": "01100000001", "product": "Phone 12", "identifier_imei1": IMEI2,
        "identifier_imei2": IMEI,
    }  # fmt: skip
    client = client_as(catalog.seller, language)
    refused(client, post=reverse("catalog:sale_new"), data=data, status=409, words=[TAKEN[language]])


OTHER_NUMBER = {
    "bn": "এটি অনুমোদিত সিরিয়াল নম্বর নয়। পণ্য আলাদা করে রাখুন, অথবা ফেরতটি খুঁজুন।",
    "en": "This is not the serial number that was approved. Put the goods into quarantine, or look the return up.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_goods_with_another_number_are_not_received(shop, client_as, language):
    desk = make_desk(shop)
    request = ask(desk, sell_fridge(desk))
    approve_return(actor=desk.owner, request=request)
    request.refresh_from_db()
    refused(
        client_as(desk.owner, language), post=f"/returns/{request.number}/receive/", status=422,
        data={"receive-version": request.version, "receive-serial": "F-0009"}, words=[OTHER_NUMBER[language]],
    )  # fmt: skip


OTHER_MEMO = {
    "bn": "ই-১০০২ এই মেমোতে (স-১০০১) বিক্রি হয়নি। সিরিয়াল নম্বর আবার খুঁজুন।",
    "en": "The unit U-1002 was not sold on the memo S-1001. Look the serial number up again.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_unit_sold_elsewhere_is_sent_where_it_was_sold(shop, client_as, language):
    desk = make_desk(shop)
    far = SimpleNamespace(**{**vars(desk), "branch": create_branch(actor=None, name_en="Far branch")})
    line, other = sell_fridge(desk), sell_fridge(far, serial="F-0002")
    make_unit(desk, "F-0003")
    rights = ("customer.view", "unit.view", "return.view", "return.create")
    here = make_user("rhere", branch=shop.branch, role=make_role("rhere", level=1, scope="branch", permissions=rights))
    client = client_as(here, language)
    for serial in ("F-0002", "F-0003"):
        refused(client, get=reverse("returns:new"), data={"find": serial}, status=200, words=NOT_SOLD_HERE[language])
    # The form of another memo, with the key of this unit written into it.
    refused(
        client_as(desk.owner, language), post=reverse("returns:new"), status=422, words=[OTHER_MEMO[language]],
        data={"line": f"{line.pk}-{other.unit_id}", "reason_code": "defect", "quantity": "1", "channel": "counter"},
    )  # fmt: skip


BACK_ALREADY = {
    "bn": "বিক্রি স-১০০২ পুরোটাই বাতিল করা হয়েছে: এর কিছু ফেরত দেওয়া যায় না। পরের বিক্রিটি খুঁজুন।",
    "en": "The sale S-1002 was taken back as a whole: nothing of it can be given back. Look for a later sale.",
}
OPEN_ALREADY = {
    "bn": "এই পণ্যের একটি ফেরত আগেই খোলা: ব-১০০১। সেখানেই এগোন।",
    "en": "A return of this unit is open already: E-1001. Go on there.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_second_return_and_return_of_a_sale_taken_back_say_where_to_go_on(shop, client_as, language):
    desk = make_desk(shop)
    line = sell_fridge(desk)
    data = {"line": f"{line.pk}-{line.unit_id}", "reason_code": "defect", "quantity": "1", "channel": "counter"}
    client = client_as(desk.owner, language)
    ask(desk, line)
    refused(client, post=reverse("returns:new"), data=data, status=409, words=[OPEN_ALREADY[language]])
    gone = sell_fridge(desk, serial="F-0002")
    reverse_purchase(actor=desk.owner, purchase=gone.purchase, reason="Wrong memo")
    data["line"] = f"{gone.pk}-{gone.unit_id}"
    refused(client, post=reverse("returns:new"), data=data, status=409, words=[BACK_ALREADY[language]])


RECEIVED = {
    "bn": "ব-১০০১-এর পণ্য আগেই গ্রহণ করা হয়েছে। দ্বিতীয় পার্সেলটি আলাদা করে রাখুন।",
    "en": "The goods of E-1001 were received already. Put a second parcel into quarantine.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_second_receipt_is_refused_and_moves_nothing(shop, client_as, language):
    desk = make_desk(shop)
    request = ask(desk, sell_fridge(desk))
    approve_return(actor=desk.owner, request=request)
    receive_return(actor=desk.owner, request=request, serial="F-0001")
    moved = Movement.objects.count()
    refused(
        client_as(desk.owner, language), post=f"/returns/{request.number}/receive/", status=409,
        data={"receive-version": request.version, "receive-serial": "F-0001"}, words=[RECEIVED[language]],
    )  # fmt: skip
    assert Movement.objects.count() == moved


def test_twin_a_written_row_would_be_seen(shop):
    before = books()
    make_desk(shop)
    assert books() != before
