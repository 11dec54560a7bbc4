"""The whole book is searched without ever comparing everybody with everybody (A56.5)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from halkhata.records.customers.merging.blocking import LARGEST_BLOCK, block_numbers, marks
from halkhata.records.customers.merging.pairing import SearchCount, find_pairs
from halkhata.records.customers.merging.people import fold_person


def found(people, **options):
    return {(pair.first, pair.second) for pair in find_pairs(people, **options)}


def test_doubles_are_found_and_strangers_never_meet():
    # Two thousand strangers, each with an own number and a name of an own sound, and one double among them.
    letters = "bdfghjklmnprst"
    people = [
        fold_person(
            number,
            names=[f"{letters[number % 14]}a{letters[number // 14 % 14]}a{letters[number // 196 % 14]}am {number}"],
            phones=[f"+88011{number * 7919 % 10**8:08d}"],
        )
        for number in range(1, 2001)
    ]
    people.append(fold_person(9001, names=people[41].names, phones=people[41].phones))
    count = SearchCount()
    assert found(people, threshold=0.5, count=count) == {(42, 9001)}
    assert count.people == 2001
    assert count.compared < 2001 * 20


def test_a_wrong_digit_and_another_spelling_leave_a_common_mark():
    one = fold_person(1, names=["রহিমা খাতুন"], phones=["+8801100000123"])
    wrong_at_the_end = fold_person(2, names=["Rahima Khatoon"], phones=["+8801100000124"])
    wrong_in_front = fold_person(3, names=["Rahima Khatoon"], phones=["+8801190000123"])
    word_missing = fold_person(4, names=["Khatoon"], phones=["+8801100000123"])
    for other in (wrong_at_the_end, wrong_in_front, word_missing):
        assert block_numbers(one) & block_numbers(other), list(marks(other))


def test_marks_are_numbers_that_fit_into_the_database_and_name_nobody():
    person = fold_person(1, names=["Rahima Khatun"], phones=["+8801100000123"], emails=["a@example.com"])
    numbers = block_numbers(person)
    assert all(0 <= number < 2**63 for number in numbers)


def test_a_mark_of_too_many_is_counted_and_brings_nobody_together():
    crowd = [
        fold_person(key, names=[f"Nobody {'b'.join(f'{key:03d}')}"], phones=["+8801100000000"])
        for key in range(1, LARGEST_BLOCK + 2)
    ]
    count = SearchCount()
    assert found(crowd, threshold=0.0, count=count) == set()
    assert count.too_large >= 1
    assert count.compared == 0
    # One fewer, and they are compared.
    count = SearchCount()
    list(find_pairs(crowd[:-1], threshold=0.0, count=count))
    assert count.compared == LARGEST_BLOCK * (LARGEST_BLOCK - 1) // 2


NAMES = st.sampled_from(["রহিম উদ্দিন", "Rahim Uddin", "Salma Begum", "সালমা বেগম", "Karim Mia", ""])
PHONES = st.sampled_from(["", "+8801100000001", "+8801100000002", "+8801100000011"])
ROWS = st.lists(st.tuples(NAMES, PHONES, st.sampled_from(["", "Savar", "সাভার"])), max_size=12)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_each_pair_comes_once_whatever_the_order(rows, shuffler):
    people = [
        fold_person(key, names=[name] if name else [], phones=[phone] if phone else [], area=area)
        for key, (name, phone, area) in enumerate(rows, 1)
    ]
    first = [(pair.first, pair.second, pair.comparison.score) for pair in find_pairs(people, threshold=0.0)]
    assert len({(one, other) for one, other, _score in first}) == len(first)
    assert all(one < other for one, other, _score in first)
    expected = {
        (one.key, other.key)
        for one in people
        for other in people
        if one.key < other.key and block_numbers(one) & block_numbers(other)
    }
    assert {(one, other) for one, other, _score in first} == expected
    shuffler.shuffle(people)
    again = [(pair.first, pair.second, pair.comparison.score) for pair in find_pairs(people, threshold=0.0)]
    assert sorted(again) == sorted(first)
