"""The start tells the set-up code as long as it is of use."""

import pytest

from halkhata.doors.cli.first_start import code_to_show
from halkhata.doors.cli.supervisor import make_greeting
from halkhata.foundation.accounts.services.setup_code import setup_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_start_of_a_shop_not_set_up_prints_the_code():
    lines = make_greeting(url="http://localhost:8000", host="127.0.0.1", sign_ins=[], setup_code=code_to_show())
    assert any(line.endswith(f": {setup_code()}") for line in lines)


def test_start_of_a_shop_that_is_set_up_prints_none_and_makes_none(shop, tmp_path):
    assert code_to_show() == ""
    lines = make_greeting(url="http://localhost:8000", host="127.0.0.1", sign_ins=[], setup_code=code_to_show())
    assert not any("ode" in line for line in lines)
    assert list(tmp_path.iterdir()) == []
