"""The second factor: RFC 6238's own values, replay, drift, recovery codes, the sign-in, the rules, the reset."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from django.db import connection
from django.test import Client

from halkhata.foundation.accounts.models import AccessPolicy, RecoveryCode, SecondFactor, User
from halkhata.foundation.accounts.services.access_policy import save_policy
from halkhata.foundation.accounts.services.second_factor import (
    begin_enrolment,
    check_code,
    confirm_enrolment,
    has_second_factor,
    remove_own_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    step_of,
    unused_codes,
)
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.secret_box import seal, unseal

PASSWORD = "nine plain words"
AT = datetime(2026, 11, 22, 6, 0, 10, tzinfo=UTC)


def code_at(key: str, moment: datetime) -> str:
    return pyotp.TOTP(key).generate_otp(step_of(moment.timestamp()))


@pytest.fixture
def enrolled(shop):
    """The agent with an app: (key, recovery codes)."""
    key = begin_enrolment(actor=shop.agent, issuer="Padma: Motors").key
    with moved_to(AT - timedelta(minutes=10)):
        return key, confirm_enrolment(actor=shop.agent, code=code_at(key, now()))


def _sign_in(client: Client, name: str = "rafi"):
    return client.post("/sign-in/", {"username": name, "password": PASSWORD, "next": "/customers/"})


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238_appendix_b(shop, second, code):
    # The appendix gives eight digits of SHA-1 with this secret; six are their last six.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    SecondFactor.objects.create(
        user=shop.agent, secret=seal(secret, purpose="halkhata.accounts.second_factor"), created_at=AT, confirmed_at=AT
    )
    with moved_to(datetime.fromtimestamp(second, UTC)):
        assert check_code(user=shop.agent, typed=code)


def test_secret_is_encrypted_at_rest_and_fits_no_other_purpose(shop):
    key = begin_enrolment(actor=shop.agent, issuer="Padma").key
    kept = SecondFactor.objects.get(user=shop.agent).secret
    assert key not in kept
    assert unseal(kept, purpose="halkhata.accounts.second_factor") == key
    assert unseal(kept, purpose="halkhata.messaging.secrets") == ""


def test_key_uri_carries_the_shop_without_its_colon(shop):
    enrolment = begin_enrolment(actor=shop.agent, issuer="Padma: Motors")
    parsed = pyotp.parse_uri(enrolment.uri)
    assert (parsed.name, parsed.secret) == ("rafi", enrolment.key)
    assert begin_enrolment(actor=shop.agent, issuer="Padma: Motors") == enrolment


@pytest.mark.parametrize(("drift", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_is_forgiven_and_no_more(shop, enrolled, drift, good):
    with moved_to(AT):
        typed = code_at(enrolled[0], AT + timedelta(seconds=30 * drift))
        assert check_code(user=shop.agent, typed=typed) is good


def test_same_code_works_once_and_no_earlier_one_after_it(shop, enrolled):
    with moved_to(AT):
        present, before = code_at(enrolled[0], AT), code_at(enrolled[0], AT - timedelta(seconds=30))
        assert check_code(user=shop.agent, typed=present)
        assert not check_code(user=shop.agent, typed=present)
        assert not check_code(user=shop.agent, typed=before)
    with moved_to(AT + timedelta(seconds=30)):
        assert check_code(user=shop.agent, typed=code_at(enrolled[0], now()))


def test_code_in_bengali_digits_with_a_space_is_the_same_code(shop, enrolled):
    with moved_to(AT):
        code = code_at(enrolled[0], AT).translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
        assert check_code(user=shop.agent, typed=f"{code[:3]} {code[3:]}")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_code_let_one_in(shop, enrolled):
    together, results = Barrier(4), []

    def try_it() -> None:
        with moved_to(AT):
            together.wait(timeout=10)
            results.append(check_code(user=shop.agent, typed=code_at(enrolled[0], AT)))
        connection.close()

    threads = [Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_recovery_codes_are_hashed_and_each_works_once(shop, enrolled):
    codes = enrolled[1]
    assert len(set(codes)) == 10
    kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(kept) == 10
    assert not any(code in kept or code.replace("-", "") in "".join(kept) for code in codes)
    assert check_code(user=shop.agent, typed=codes[0].upper().replace("-", " "))
    assert not check_code(user=shop.agent, typed=codes[0])
    assert not check_code(user=shop.agent2, typed=codes[1])
    assert unused_codes(shop.agent) == 9
    fresh = renew_recovery_codes(actor=shop.agent)
    assert not check_code(user=shop.agent, typed=codes[1])
    assert check_code(user=shop.agent, typed=fresh[1])
    assert AuditEntry.objects.filter(action="two_factor.recovery_code").count() == 2


def test_password_alone_opens_nothing_and_the_code_opens_under_a_new_session_key(shop, enrolled):
    client = Client()
    client.get("/sign-in/")
    with moved_to(AT):
        assert _sign_in(client)["Location"] == "/sign-in/code/"
        assert client.get("/customers/")["Location"].startswith("/sign-in/")
        key_before = client.session.session_key
        answer = client.post("/sign-in/code/", {"code": code_at(enrolled[0], AT)})
        assert answer["Location"] == "/customers/"
        assert client.session.session_key != key_before
        assert client.get("/customers/").status_code == 200


def test_wrong_codes_are_counted_and_lock_like_wrong_passwords(shop, enrolled):
    client = Client()
    with moved_to(AT):
        _sign_in(client)
        answers = [client.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(11)]
        assert answers[:9] == [200] * 9
        assert answers[9] == 429
        # A right code does not help any more, nor does the password.
        assert client.post("/sign-in/code/", {"code": code_at(enrolled[0], AT)}).status_code in {302, 429}
        assert "_auth_user_id" not in client.session
        assert _sign_in(Client()).status_code == 429


def test_right_password_waits_ten_minutes_and_not_beyond_a_changed_password(shop, enrolled):
    late, changed = Client(), Client()
    with moved_to(AT):
        _sign_in(late)
        _sign_in(changed)
    with moved_to(AT + timedelta(minutes=11)):
        assert late.post("/sign-in/code/", {"code": code_at(enrolled[0], now())})["Location"] == "/sign-in/"
    user = User.objects.get(pk=shop.agent.pk)
    user.set_password("nine other words")
    user.save()
    with moved_to(AT + timedelta(minutes=1)):
        assert changed.post("/sign-in/code/", {"code": code_at(enrolled[0], now())})["Location"] == "/sign-in/"


def test_required_role_is_led_to_enrolment_at_the_next_sign_in_only(shop, client_as):
    inside = client_as(shop.agent)
    save_policy(actor=shop.owner, roles=[shop.agent.role], idle_minutes=720, total_hours=336, reset_by_mail=True)
    assert inside.get("/customers/").status_code == 200
    client = Client()
    with moved_to(AT):
        assert _sign_in(client)["Location"] == "/customers/"
        assert client.get("/customers/")["Location"] == "/me/two-factor/new/"
        page = client.get("/me/two-factor/new/")
        key = page.context["key"].replace(" ", "")
        answer = client.post("/me/two-factor/new/", {"code": code_at(key, AT)})
        assert len(answer.context["codes"]) == 10
        assert client.get("/customers/").status_code == 200
    assert has_second_factor(shop.agent)
    # Those who came in by the password alone are out.
    assert inside.get("/customers/")["Location"].startswith("/sign-in/")
    with pytest.raises(DomainError, match="second_factor_required"):
        remove_own_second_factor(actor=shop.agent)
    assert AccessPolicy.current().roles_with_second_factor.get() == shop.agent.role


def test_qr_picture_obeys_the_content_policy(shop, client_as):
    page = client_as(shop.agent).get("/me/two-factor/new/").content.decode()
    picture = page[page.index("QR code for the authenticator app") :]
    picture = picture[: picture.index("</svg>")]
    assert 'class="hk-qr"' in picture
    assert picture.count("<path") == 2
    assert "style=" not in picture
    assert "<script" not in picture
    assert "no-store" in client_as(shop.agent).get("/me/two-factor/new/")["Cache-Control"]


def test_reset_by_an_administrator_is_written_down_and_ends_sessions(shop, enrolled, client_as):
    client = client_as(shop.agent)
    with pytest.raises(PermissionRefused):
        reset_second_factor(actor=shop.manager, user=shop.agent)
    with pytest.raises(PermissionRefused):
        reset_second_factor(actor=shop.agent, user=shop.agent)
    assert client_as(shop.owner).post(f"/settings/users/{shop.agent.pk}/two-factor-off/").status_code == 302
    assert not has_second_factor(shop.agent)
    assert RecoveryCode.objects.count() == 0
    assert client.get("/me/")["Location"].startswith("/sign-in/")
    assert AuditEntry.objects.get(action="two_factor.reset").actor_id == shop.owner.pk


def test_trail_and_pages_hold_neither_key_nor_codes(shop, enrolled, client_as):
    key, codes = enrolled
    entries = " ".join(f"{one.before} {one.after} {one.note}" for one in AuditEntry.objects.all())
    page = client_as(shop.agent).get("/me/two-factor/").content.decode()
    for secret in (key, *codes):
        assert secret not in entries
        assert secret not in page


def test_reset_of_the_password_does_not_skip_the_second_step(shop, enrolled, client_as):
    from halkhata.foundation.accounts.services.staff import reset_password

    password = reset_password(actor=shop.owner, user=shop.agent)
    client = Client()
    answer = client.post("/sign-in/", {"username": "rafi", "password": password})
    assert answer["Location"] == "/sign-in/code/"
