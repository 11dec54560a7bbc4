"""Who may set the shop up: somebody at the machine, or who knows the code that it printed."""

import stat
import threading

import pytest
from django.core.cache import cache
from django.test import Client

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services import setup_code as codes
from halkhata.foundation.accounts.services.setup import SetupAnswers, set_up_install
from halkhata.foundation.core.models import Installation

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet plain words"
AT_HOME = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "localhost:8000"}


@pytest.fixture(autouse=True)
def _own_data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.BASE_URL = "http://localhost:8000"


def test_somebody_at_the_machine_is_asked_for_no_code():
    assert Client(**AT_HOME).get("/setup/").status_code == 200
    assert not codes.code_file().exists()


@pytest.mark.parametrize("meta", [
    FROM_OUTSIDE,
    # A proxy on this machine: it shows by its headers, or by the name people call.
    {**AT_HOME, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {**AT_HOME, "HTTP_X_REAL_IP": "127.0.0.1"},
    {**AT_HOME, "HTTP_FORWARDED": "for=127.0.0.1"},
    {**AT_HOME, "HTTP_VIA": "1.1 proxy"},
    {**AT_HOME, "HTTP_HOST": "testserver"},
])  # fmt: skip
@pytest.mark.parametrize("step", ["", "language/", "trade/", "shop/", "hours/", "owner/"])
def test_every_question_is_closed_to_others_without_the_code(meta, step):
    client = Client(**meta)
    assert client.get(f"/setup/{step}")["Location"] == "/setup/code/"
    answer = {"username": "thief", "password": PASSWORD, "repeated": PASSWORD, "language": "en", "trade": "other"}
    assert client.post(f"/setup/{step}", answer)["Location"] == "/setup/code/"
    assert (User.objects.count(), Installation.objects.count()) == (0, 0)


def test_address_of_the_shop_beyond_this_machine_asks_everybody(settings):
    settings.BASE_URL = "https://shop.example.com"
    assert Client(**AT_HOME).get("/setup/")["Location"] == "/setup/code/"


@pytest.mark.parametrize("typed", [
    lambda code: code,
    lambda code: f"  {code.lower()} ",
    lambda code: code.replace("-", ""),
    lambda code: code.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")),
])  # fmt: skip
def test_right_code_in_any_spelling_opens_the_questions_up_to_the_owner(typed):
    client = Client(**FROM_OUTSIDE)
    assert "setup-code" in client.get("/setup/code/").content.decode()
    assert client.post("/setup/code/", {"code": typed(codes.setup_code())})["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200
    done = client.post("/setup/owner/", {"username": "boss", "password": PASSWORD, "repeated": PASSWORD})
    assert done["Location"] == "/start/"
    assert User.objects.get().username == "boss"
    assert client.get("/setup/code/").status_code == 404


def test_wrong_code_is_told_and_opens_nothing():
    client = Client(**FROM_OUTSIDE)
    for wrong in ("", "x", "BCDF-GHJK-MPQQ", codes.setup_code()[:-1]):
        response = client.post("/setup/code/", {"code": wrong})
        assert response.status_code == 422, wrong
        assert response.context["form"].errors["code"]
    assert client.get("/setup/owner/")["Location"] == "/setup/code/"


def test_fifth_wrong_code_of_an_address_shuts_it_out_even_with_the_right_one():
    client = Client(**FROM_OUTSIDE)
    for _ in range(5):
        assert client.post("/setup/code/", {"code": "WRONG"}).status_code == 422
    client.cookies["language"] = "en"
    shut = client.post("/setup/code/", {"code": codes.setup_code()})
    assert shut.status_code == 429
    assert "quarter of an hour" in shut.content.decode()
    neighbour = Client(**{**FROM_OUTSIDE, "REMOTE_ADDR": "203.0.113.10"})
    assert neighbour.post("/setup/code/", {"code": codes.setup_code()}).status_code == 302


def test_guessing_from_many_addresses_is_no_quicker():
    for number in range(50):
        meta = {**FROM_OUTSIDE, "REMOTE_ADDR": f"198.51.100.{number}"}
        assert Client(**meta).post("/setup/code/", {"code": "WRONG"}).status_code == 422
    assert Client(**FROM_OUTSIDE).post("/setup/code/", {"code": codes.setup_code()}).status_code == 429
    cache.clear()  # a quarter of an hour later
    assert Client(**FROM_OUTSIDE).post("/setup/code/", {"code": codes.setup_code()}).status_code == 302


def test_proof_is_worth_nothing_when_there_is_another_code():
    client = Client(**FROM_OUTSIDE)
    client.post("/setup/code/", {"code": codes.setup_code()})
    codes.forget_code()
    assert client.get("/setup/")["Location"] == "/setup/code/"


def test_code_is_kept_for_the_services_own_user_and_forgotten_after_set_up(django_capture_on_commit_callbacks):
    code = codes.setup_code()
    assert len(code.replace("-", "")) == 12
    assert stat.S_IMODE(codes.code_file().stat().st_mode) == 0o600
    assert codes.setup_code() == code
    with django_capture_on_commit_callbacks(execute=True):
        set_up_install(answers=SetupAnswers(), username="boss", password=PASSWORD)
    assert not codes.code_file().exists()


def test_of_many_processes_at_once_one_makes_the_code():
    seen, start = [], threading.Barrier(8)

    def read() -> None:
        start.wait()
        seen.append(codes.setup_code())

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 8
    assert len(set(seen)) == 1
    assert [path.name for path in codes.code_file().parent.glob("setup*")] == ["setup-code"]
