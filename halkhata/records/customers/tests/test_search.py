"""US-01: the one search box."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.text import to_bengali_digits
from halkhata.records.customers.models import SearchKey
from halkhata.records.customers.selectors.found import CAP
from halkhata.records.customers.selectors.search import (
    global_search,
    search_customer_rows,
    search_customers,
    search_organization_rows,
)
from halkhata.records.customers.services.customers import (
    add_contact_point,
    create_customer,
    remove_contact_point,
    update_customer,
)
from halkhata.records.customers.services.organizations import create_organization
from halkhata.records.customers.services.search_index import rebuild_index
from tests.support.fixtures_shop import make_shop


def make(shop, **values):
    return create_customer(actor=SYSTEM, branch=shop.branch, **values)


def found(shop, text, **options):
    return [customer.pk for customer in search_customers(shop.agent, text, **options)]


@pytest.mark.parametrize(
    "text",
    [
        "01112345678",
        "০১১১২৩৪৫৬৭৮",
        "+8801112345678",
        "1112-345678",
        "০১১১২-৩৪৫৬৭৮",
        "008801112345678",
        "+880 0 1112 345678",
        "(+880) 1112-345678",
        "01112 345 678",
        "5678",
        "45678",
        "345678",
        "২৩৪৫৬৭৮",
        "০১১১২",
        "+8801112",
        "01112345678 (wife)",
        "ফোন: 01112345678",
    ],
)
def test_phone_in_any_spelling_finds_the_same_person(shop, text):
    wanted = make(shop, name_bn="রহিমা", phones=["01112345678"])
    make(shop, name_bn="করিম", phones=["01199887766"])
    assert found(shop, text) == [wanted.pk]


def test_real_mobile_spellings_of_the_story_find_the_same_person(shop):
    wanted = make(shop, name_en="Caller", phones=["+8801712345678"])
    for text in ("01712345678", "০১৭১২৩৪৫৬৭৮", "+8801712345678", "1712-345678", "345678"):
        assert found(shop, text) == [wanted.pk], text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("জয়নাল", "জ\u09df\u09a8\u09be\u09b2"),  # the letter as one code point
        ("জ\u09df\u09a8\u09be\u09b2", "জ\u09af\u09bc\u09a8\u09be\u09b2"),  # and as two
        ("পঙ্\u200cক্তি", "পঙ্ক্তি"),  # with and without ZWNJ
        ("পঙ্ক্তি", "পঙ্\u200cক্তি"),
        ("মোঃ সালাম", "মো: সালাম"),
        ("রহিম উদ্দিন", "Rahim"),
        ("রহিম উদ্দিন", "raheem uddin"),
        ("রহিম উদ্দিন", "রহ"),
        ("রহিম উদ্দিন", "উদ্দিন রহিম"),
        ("Abdullah", "আবদুল্লাহ"),
        ("José Pérez", "jose perez"),
    ],
)
def test_name_is_found_however_it_is_typed(shop, stored, text):
    wanted = make(shop, name_bn=stored)
    make(shop, name_bn="কেউ না")
    assert found(shop, text) == [wanted.pk]


def test_two_words_must_both_be_found(shop):
    both = make(shop, name_en="Salma Khatun")
    make(shop, name_en="Salma Bibi")
    make(shop, name_en="Nurjahan Khatun")
    assert found(shop, "salma khatun") == [both.pk]
    assert found(shop, "salma zzz") == []


def test_word_and_last_digits_together_find_one_of_a_family(shop):
    make(shop, name_en="Salma", phones=["01112345678"])
    son = make(shop, name_en="Rumel", phones=["01112345678"], confirm_duplicate="family")
    assert found(shop, "rumel 5678") == [son.pk]
    assert found(shop, "01112 345678 rumel") == [son.pk]


def test_email_is_found_by_its_beginning(shop):
    wanted = make(shop, name_en="Somebody", emails=["Rahim.K@Example.com"])
    make(shop, name_en="Other", emails=["karim@example.com"])
    for text in ("rahim.k@example.com", "RAHIM.K@", "rahim.k", "rahim", "mailto:rahim.k@example.com"):
        assert found(shop, text) == [wanted.pk], text


def test_customer_number_finds_the_customer_in_both_scripts(shop):
    wanted = make(shop, name_en="Numbered")
    assert found(shop, str(wanted.pk)) == [wanted.pk]
    assert found(shop, f"#{to_bengali_digits(str(wanted.pk))}") == [wanted.pk]


def test_ranking_is_exact_phone_then_tail_then_word_then_prefix_then_sound(shop):
    by_sound = make(shop, name_bn="রহিম")
    by_prefix = make(shop, name_en="Rahimullah")
    by_word = make(shop, name_en="Rahim")
    assert found(shop, "rahim") == [by_word.pk, by_prefix.pk, by_sound.pk]


def test_exact_number_comes_before_one_that_only_ends_like_it(shop):
    exact = make(shop, name_en="Is it", phones=["+6561234567"])
    ends_like_it = make(shop, name_en="Ends like it", phones=["+971561234567"])
    begins_like_it = make(shop, name_en="Begins like it", phones=["+4961234567890"])
    assert found(shop, "61234567") == [exact.pk, ends_like_it.pk, begins_like_it.pk]


def test_newest_comes_first_among_equals(shop):
    first = make(shop, name_en="Kamal One")
    second = make(shop, name_en="Kamal Two")
    assert found(shop, "kamal") == [second.pk, first.pk]
    assert found(shop, "kamal", limit=1) == [second.pk]


@pytest.mark.parametrize("text", ["", "   ", "…", "\u200c", "%", "'; DROP TABLE", "_" * 500, "\x00", "nobody at all"])
def test_text_that_means_nothing_finds_nobody_and_breaks_nothing(shop, text):
    make(shop, name_en="Somebody", phones=["01112345678"])
    assert found(shop, text) == []


def test_customers_of_a_foreign_branch_are_not_found(shop):
    other = Branch.objects.create(code="other", name_en="Other", path="/99/")
    create_customer(actor=SYSTEM, branch=other, name_en="Hidden Person", phones=["01112345678"])
    assert found(shop, "hidden") == []
    assert found(shop, "345678") == []
    assert len(search_customers(shop.owner, "hidden")) == 1
    shop.agent.is_active = False
    assert found(shop, "hidden") == []


def test_search_keys_follow_every_change(shop):
    customer = make(shop, name_en="Before", phones=["01112345678"])
    update_customer(actor=shop.agent, customer=customer, version=1, name_en="After")
    assert found(shop, "after") == [customer.pk]
    # The former name leads on, but after whoever is called so today.
    assert found(shop, "before") == [customer.pk]
    namesake = make(shop, name_en="Before")
    assert found(shop, "before") == [namesake.pk, customer.pk]
    point = add_contact_point(actor=shop.agent, customer=customer, kind="phone", typed="01187654321")
    assert found(shop, "654321") == [customer.pk]
    remove_contact_point(actor=shop.agent, point=point)
    assert found(shop, "654321") == [customer.pk]
    taken_over = make(shop, name_en="New owner", phones=["01187654321"])
    assert found(shop, "654321") == [taken_over.pk, customer.pk]


def test_rebuilt_index_equals_the_one_that_was_kept_in_step(shop):
    for number in range(7):
        make(shop, name_en=f"Person {number}", phones=[f"0110000000{number}"], emails=[f"p{number}@example.com"])
    create_organization(actor=SYSTEM, name_en="Rupali School")
    kept = set(SearchKey.objects.values_list("customer_id", "kind", "key"))
    SearchKey.objects.filter(kind="tail").delete()
    assert rebuild_index() == 8
    assert set(SearchKey.objects.values_list("customer_id", "kind", "key")) == kept


def test_rare_word_with_a_word_of_nearly_everybody_is_found(shop):
    for number in range(CAP + 20):
        make(shop, name_en=f"Mohammad Common{number}")
    wanted = make(shop, name_en="Mohammad Quddus")
    assert found(shop, "mohammad quddus") == [wanted.pk]
    assert found(shop, "quddus মোঃ") == [wanted.pk]


def test_two_words_of_nearly_everybody_are_found_together(shop):
    for number in range(CAP + 5):
        make(shop, name_en="Mohammad Alpha" if number % 2 else "Mohammad Ali")
        make(shop, name_en="Ali Solo")
    hits = found(shop, "mohammad ali", limit=50)
    assert len(hits) == 50
    names = {str(customer) for customer in search_customers(shop.agent, "mohammad ali", limit=50)}
    assert names == {"Mohammad Ali"}


def test_number_of_queries_does_not_grow_with_the_rows(shop, django_assert_num_queries):
    assert shop.agent.team_ids  # read once per request, whatever is searched

    def fill(count, start):
        for number in range(start, start + count):
            make(shop, name_en=f"Rahim Uddin {number}", phones=[f"0110{number:07d}"])

    fill(5, 0)
    # One for the letters as typed, one for sounds and parts as those brought less than a page (a long number asks for
    # all in one), the customers, their contact points.
    for text, asked in (("rahim uddin", 4), ("0110000", 3)):
        with django_assert_num_queries(asked):
            assert len(search_customers(shop.agent, text)) == 5
        with django_assert_num_queries(asked - 1):
            assert len(search_customer_rows(shop.agent, text)) == 5
    fill(195, 5)
    for text in ("rahim uddin", "0110000"):
        with django_assert_num_queries(3):
            assert len(search_customers(shop.agent, text)) == 20
        # For the box: the keys, and the rows with names and numbers.
        with django_assert_num_queries(2):
            assert len(search_customer_rows(shop.agent, text)) == 20


@pytest.mark.parametrize("text", ["rahim uddin", "0110000", "রহিম", "ahi", "bank"])
def test_rows_of_the_box_are_the_records_of_the_search_in_its_order(shop, text):
    bank = create_organization(actor=SYSTEM, name_bn="ব্যাংক", name_en="Rupali Bank")
    for number in range(12):
        make(shop, name_en=f"Rahim Uddin {number}", name_bn="রহিম", organization=bank, phones=[f"0110000{number:04d}"])
    make(shop, name_bn="আব্দুর রহিম", emails=["rahim@example.com"], phones=["01100009999", "01100008888"])
    rows, people = search_customer_rows(shop.agent, text), search_customers(shop.agent, text)
    assert [row.pk for row in rows] == [person.pk for person in people]
    for row, person in zip(rows, people, strict=True):
        assert (row.title, row.organization) == (str(person), str(person.organization or ""))
        assert [(point.kind, point.value) for point in row.points] == [
            (point.kind, point.value) for point in person.contact_points.all()
        ]


def test_last_door_is_told_whose_records_the_box_shows(shop):
    from halkhata.records.customers.shown_customers import noting_customers

    shown = make(shop, name_en="Rahim Uddin")
    with noting_customers() as noted:
        search_customer_rows(shop.agent, "rahim")
    assert noted == {shown.pk}


def test_global_search_groups_people_and_organizations(shop):
    school = create_organization(actor=SYSTEM, name_bn="রূপালী স্কুল", name_en="Rupali School", phones=["01155555555"])
    person = make(shop, name_en="Rupali Begum")
    results = global_search(shop.agent, "rupali")
    assert [(group.code, [hit.url for hit in group.hits]) for group in results.groups] == [
        ("customers", [f"/customers/{person.pk}/"]),
        ("organizations", [f"/customers/organizations/{school.pk}/"]),
    ]
    assert results.only_hit is None
    assert [organization.pk for organization in search_organization_rows(shop.agent, "555555")] == [school.pk]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "০১১১২৩৪৫৬৭৮",
            "/customers/new/?" + urlencode({"phone": "০১১১২৩৪৫৬৭৮"}),
        ),
        ("Nobody Known", "/customers/new/?name=Nobody+Known"),
        ("nobody@example.com", "/customers/new/?email=nobody%40example.com"),
    ],
)
def test_not_found_offers_a_new_customer_with_what_was_typed(shop, client_as, text, url):
    results = global_search(shop.agent, text)
    assert results.is_empty
    assert results.create_url == url
    page = client_as(shop.agent).get(url)
    assert page.status_code == 200
    assert text in page.content.decode()


def test_new_customer_is_not_offered_to_who_may_not_add(shop):
    shop.agent.role.permissions = ["customer.view"]
    assert global_search(shop.agent, "nobody").create_url == ""
    shop.agent.role.permissions = []
    make(shop, name_en="Somebody")
    assert global_search(shop.agent, "somebody").is_empty


DIGITS = st.text("0123456789", min_size=8, max_size=8)


class AnySpelling(TestCase):
    """Whatever spelling of a stored number is typed, it finds its customer."""

    @classmethod
    def setUpTestData(cls):
        cls.shop = make_shop()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        operator=st.sampled_from("3456789"),
        rest=DIGITS,
        stored=st.sampled_from(["0{}", "+880{}", "00880{}", "{}", "880{}", "+880 0 {}"]),
        typed=st.sampled_from(["0{}", "+880{}", "00880{}", "{}", "880{}", "+880 0 {}", "(+880) {}"]),
        breaks=st.sets(st.integers(1, 9), max_size=3),
        separator=st.sampled_from([" ", "-", "\u2013", "\u00a0", "."]),
        bengali=st.booleans(),
        tail=st.integers(4, 9),
    )
    def test_every_spelling_of_a_number_finds_its_customer(
        self, operator, rest, stored, typed, breaks, separator, bengali, tail
    ):
        number = f"1{operator}{rest}"
        customer = make(self.shop, phones=[stored.format(number)], confirm_duplicate="drawn twice")
        pieces = "".join(digit + (separator if place in breaks else "") for place, digit in enumerate(number, 1))
        text = typed.format(pieces.strip(separator))
        text = to_bengali_digits(text) if bengali else text
        assert customer.pk in found(self.shop, text, limit=200), text
        end = to_bengali_digits(number[-tail:]) if bengali else number[-tail:]
        assert customer.pk in found(self.shop, end, limit=200), end

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        words=st.lists(
            st.sampled_from(["রহিম", "করিম", "জয়নাল", "সালমা", "পঙ্‌ক্তি", "ঢাকী", "বড়ুয়া", "Nurul", "Huq", "José"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        order=st.randoms(use_true_random=False),
        decomposed=st.booleans(),
        upper=st.booleans(),
        cut=st.integers(0, 3),
    )
    def test_every_order_and_spelling_of_a_name_finds_its_customer(self, words, order, decomposed, upper, cut):
        import unicodedata

        customer = make(self.shop, name_bn=" ".join(words))
        typed = list(words)
        order.shuffle(typed)
        text = " ".join(typed)
        text = unicodedata.normalize("NFD" if decomposed else "NFC", text).replace("\u200c", "")
        text = text.upper() if upper else text
        last = text.split()[-1]
        if cut and last.isascii() and len(last) - cut >= 2:
            text = text[:-cut]
        assert customer.pk in found(self.shop, text, limit=200), text
