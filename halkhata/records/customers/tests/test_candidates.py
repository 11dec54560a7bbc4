"""Who may be the person that is being written down (A56.5)."""

import pytest

from halkhata.records.customers.merging.candidates import candidates_for
from halkhata.records.customers.merging.jobs import go_on, search_changed
from halkhata.records.customers.merging.proposals import begin_search, open_pairs, say_different, search_slice
from halkhata.records.customers.models import Customer, DuplicatePair, DuplicateSearch, PairState
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db
ADDRESS = {"line": "House 12, Station Road", "upazila": "Savar", "district": "Dhaka"}


def written(shop, name, phone="", **values):
    return create_customer(
        actor=shop.owner, name_en=name, phones=[phone] if phone else [], confirm_duplicate="test", **values
    )


def test_somebody_with_the_same_number_and_sound_is_found_first(shop):
    rahima = written(shop, "Rahima Khatun", "01100000123")
    written(shop, "Salma Sultana", "01100000777")
    found = candidates_for(["রহিমা খাতুন"], ["+8801100000123"])
    assert [one.customer_id for one in found] == [rahima.pk]
    assert found[0].score > 0.9
    assert {(one.field, one.level) for one in found[0].reasons} == {("name", "sound"), ("phone", "same")}


def test_name_and_address_are_enough_and_a_wrong_digit_is_forgiven(shop):
    rahima = written(shop, "Rahima Khatun", "01100000123", address=ADDRESS)
    by_place = candidates_for(["Raheema Khatoon"], address=ADDRESS)
    assert [one.customer_id for one in by_place] == [rahima.pk]
    by_digit = candidates_for(["Rahima Khatun"], ["+8801100000124"])
    assert [one.customer_id for one in by_digit] == [rahima.pk]


def test_a_namesake_elsewhere_and_a_relative_are_not_proposed(shop):
    written(shop, "Rahima Khatun", "01100000123", address=ADDRESS)
    assert candidates_for(["Rahima Khatun"], ["+8801155500999"]) == []
    assert candidates_for(["Jashim Uddin"], ["+8801100000123"]) == []


def test_an_alias_is_no_candidate_and_one_can_be_left_out(shop):
    rahima, other = written(shop, "Rahima Khatun", "01100000123"), written(shop, "Rahima Khatun", "01100000123")
    assert {one.customer_id for one in candidates_for(["Rahima Khatun"], ["+8801100000123"])} == {rahima.pk, other.pk}
    Customer.objects.filter(pk=other.pk).update(merged_into=rahima)
    assert [one.customer_id for one in candidates_for(["Rahima Khatun"], ["+8801100000123"])] == [rahima.pk]
    assert candidates_for(["Rahima Khatun"], ["+8801100000123"], except_for=[rahima.pk]) == []


def test_the_look_costs_the_same_in_a_crowd(shop, django_assert_max_num_queries):
    for number in range(30):
        written(shop, "Rahima Khatun Begum", f"01100{number:06d}")
    with django_assert_max_num_queries(14):
        candidates_for(["Rahima Khatun Begum"], ["+8801100000005"], ["rahima@example.com"], ADDRESS)


def test_search_in_slices_proposes_each_pair_once_and_merges_nobody(shop):
    first, second = written(shop, "Rahima Khatun", "01100000123"), written(shop, "রহিমা খাতুন", "01100000123")
    written(shop, "Salma Sultana", "01100000777")
    search = begin_search(whole_book=True)
    assert search_slice(search) is False
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.state) == (first.pk, second.pk, PairState.OPEN)
    assert pair.score >= 90
    search.refresh_from_db()
    assert (search.people, search.finished_at is not None) == (3, True)
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0
    assert [one.pk for one in open_pairs(shop.owner).items] == [pair.pk]


def test_a_decided_pair_stays_decided_when_it_is_found_again(shop):
    first, second = written(shop, "Rahima Khatun", "01100000123"), written(shop, "Rahima Khatun", "01100000123")
    search_slice(begin_search(whole_book=True))
    say_different(actor=shop.agent, one=second, other=first)
    search_slice(begin_search(whole_book=True))
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT
    assert open_pairs(shop.owner).items == []


def test_the_next_search_looks_only_at_whom_something_happened_to(shop):
    from datetime import timedelta

    from halkhata.foundation.core import clock

    with clock.moved_to(clock.now() - timedelta(days=3)):
        written(shop, "Jashim Uddin", "01100000999")
    with clock.moved_to(clock.now() - timedelta(days=2)):
        search_slice(begin_search(whole_book=True))
    written(shop, "Rahima Khatun", "01100000123")
    search_changed.func()
    search = DuplicateSearch.objects.latest("pk")
    assert search.whole_book is False
    assert go_on.func(search.pk) is False
    search.refresh_from_db()
    assert search.people == 1


def test_a_search_that_was_killed_goes_on_where_it_was(shop):
    written(shop, "Rahima Khatun", "01100000123")
    last = written(shop, "Rahima Khatun", "01100000123")
    search = begin_search(whole_book=True)
    assert search_slice(search, seconds=-1) is True
    assert DuplicateSearch.objects.get(pk=search.pk).reached == last.pk
    # The worker died here; the timetable comes by again.
    assert search_changed.func() == search.pk
    assert go_on.func(search.pk) is False
    assert DuplicatePair.objects.count() == 1


def test_pairs_come_in_pages_of_falling_score(shop):
    people = [written(shop, f"Person {number}", f"01100{number:06d}") for number in range(6)]
    for score, (one, other) in zip((90, 60, 90), ((0, 1), (2, 3), (4, 5)), strict=True):
        DuplicatePair.objects.create(first=people[one], second=people[other], score=score)
    first = open_pairs(shop.owner, size=2)
    assert [pair.score for pair in first.items] == [90, 90]
    second = open_pairs(shop.owner, after=first.older, size=2)
    assert [pair.score for pair in second.items] == [60]
    assert second.older == ""
