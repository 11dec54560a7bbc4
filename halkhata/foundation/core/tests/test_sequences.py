"""Numbers that people say on the phone: without gaps, without doubles."""

import threading

import pytest
from django.db import connection, transaction

from halkhata.foundation.core.sequences import next_number


def test_first_numbers_count_from_1001(db):
    with transaction.atomic():
        assert [next_number("Z"), next_number("Z"), next_number("Y")] == ["Z-1001", "Z-1002", "Y-1001"]


@pytest.mark.django_db(transaction=True)
def test_number_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="inside a transaction"):
        next_number("Z")


@pytest.mark.django_db(transaction=True)
def test_number_of_a_rolled_back_transaction_is_given_out_again():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number("Z") == "Z-1001"
        raise ZeroDivisionError
    with transaction.atomic():
        assert next_number("Z") == "Z-1001"


@pytest.mark.django_db(transaction=True)
def test_eight_threads_get_each_number_once_and_leave_no_gap():
    numbers: list[str] = []

    def draw() -> None:
        for _ in range(10):
            with transaction.atomic():
                numbers.append(next_number("Z"))
        connection.close()

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"Z-{value}" for value in range(1001, 1081)]
