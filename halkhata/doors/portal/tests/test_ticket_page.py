"""The customer's page of a ticket: plain steps, honest promises, and never a word that is not the customer's (B19)."""

import io
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.selectors.status import Status, Step
from halkhata.doors.portal.selectors.talk import PublicFile, PublicMessage
from halkhata.doors.portal.tests.conftest import EMAIL, PHONE
from halkhata.doors.portal.tests.following import digest, enter
from halkhata.doors.portal.tests.pictures import GIF, PLACE, jpeg, png
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.work.models import WorkEvent
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file

pytestmark = pytest.mark.django_db

PATH = "/c/t/K-1001/"
# A Sunday morning in Dhaka, shop open.
MORNING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def inside(browser, ticket):
    """A browser in which the customer has shown the code."""
    enter(browser, "K-1001", PHONE)
    return browser


def soup(client, language="en", path=PATH):
    page = client.get(f"{path}?lang={language}")
    assert page.status_code == 200
    return BeautifulSoup(page.content, "html.parser")


def send(client, text="", *photos, path=f"{PATH}message/", token="", **more):
    token = token or soup(client).find("input", {"name": "token"})["value"]
    files = [SimpleUploadedFile(name, data) for name, data in photos]
    return client.post(path, {"text": text, "token": token, "lang": "en", "photos": files, **more})


# B19: what may stand there at all


def test_fields_of_the_page_are_a_closed_list():
    """A snapshot: whoever adds a field decides here that customers may see it."""
    assert {one.name for one in fields(Status)} == {
        "number", "subject", "opened_at", "state", "headline", "next_steps", "steps", "delay", "outcome", "is_joined",
        "went_up",
        "reopens_until", "may_say_not_solved", "asks_survey", "is_over", "serial", "safety",
    }  # fmt: skip
    assert {one.name for one in fields(Step)} == {"code", "words", "at"}
    assert {one.name for one in fields(PublicMessage)} == {"side", "way", "at", "text", "files"}
    assert {one.name for one in fields(PublicFile)} == {"name", "size", "url", "picture"}


def test_nothing_internal_stands_on_the_page(shop, inside, ticket):
    staff_file = store_file(name="internal-price-list.txt", data=b"cost 100")
    add_internal_note(actor=shop.agent, ticket=ticket, text="NOTE-SECRET customer is difficult", files=[staff_file])
    log_ticket_call(actor=shop.agent, ticket=ticket, outbound=True, answered=True, text="CALL-SECRET she shouted")
    answer = answer_ticket(
        actor=shop.agent, ticket=ticket, text="We look at it. Write to rafi@example.com or help@x.example.com"
    )
    Message.objects.filter(pk=answer.pk).update(
        cc_addresses=["bcc-secret@example.com"], full_text="FRAME-SECRET", raw_html="<p>HTML-SECRET</p>"
    )
    add_customer_message(
        actor=None, item=ticket, channel="email", text="MAKER-SECRET costs us 50", from_address="maker@example.com",
        author_label="Maker",
    )  # fmt: skip
    add_customer_message(
        actor=None, item=ticket, channel="email", text="OUT-OF-OFFICE-SECRET", from_address=EMAIL, is_automatic=True
    )
    add_customer_message(
        actor=None, item=ticket, channel="email", text="My own mail", from_address=EMAIL,
        full_text="My own mail\n> QUOTE-SECRET",
    )  # fmt: skip
    page = inside.get(f"{PATH}?lang=en").content.decode()
    assert "SECRET" not in page
    for hidden in ("rafi@example.com", "bcc-secret", "maker@example.com", "internal-price-list", "Rafi", "rafi"):
        assert hidden not in page, hidden
    assert "My own mail" in page
    assert "We look at it. Write to … or help@x.example.com" in page
    assert "We called you" in page
    assert inside.get(f"{PATH}file/{staff_file.pk}/").status_code == 404


def test_hostile_words_are_shown_as_words(shop, inside, ticket):
    answer_ticket(actor=shop.agent, ticket=ticket, text="<script>alert(1)</script>")
    send(inside, "<img src=x onerror=alert(2)>")
    page = inside.get(PATH).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# Where it stands


def words_of(page):
    return [
        line.contents[0].strip() if not line.strong else line.strong.text
        for line in page.select("section .hk-line")[0].find_all("li")
    ]


def test_steps_are_the_public_ones_in_plain_words(shop, inside, ticket):
    change_ticket_state(actor=shop.agent, ticket=ticket, state="open")
    change_ticket_state(actor=shop.agent, ticket=ticket, state="waiting_internal")
    change_ticket_state(actor=shop.agent, ticket=ticket, state="waiting_manufacturer")
    page = soup(inside)
    assert page.h1.text == "We are waiting for the manufacturer."
    assert words_of(page) == ["Received", "Being looked at", "Waiting for the manufacturer"]
    assert page.select("[aria-current=step]")[0].strong.text == "Waiting for the manufacturer"
    change_ticket_state(actor=shop.agent, ticket=ticket, state="waiting_customer")
    assert words_of(soup(inside))[-1] == "Waiting for you"
    assert "Please answer our question below" in soup(inside).text


def test_promise_stands_in_the_customers_zone_language_and_digits(shop, browser, customer):
    with moved_to(MORNING):
        home = open_ticket(actor=shop.agent, subject="Fan", customer=customer, channel="phone", branch=shop.branch,
                           owner=shop.agent)  # fmt: skip
        enter(browser, home.number, PHONE)
        english = soup(browser, path=f"/c/t/{home.number}/").text
        bengali = soup(browser, "bn", path=f"/c/t/{home.number}/").text
        # Two hours of working time for the first answer.
        assert "You hear from us by Sunday, 22 November 2026, 12:00 pm" in english
        assert "২২ নভেম্বর ২০২৬" in bengali
        assert "১২:০০" in bengali


def test_promise_is_told_in_the_zone_of_a_customer_abroad(shop, browser):
    from halkhata.records.customers.services.customers import create_customer

    with moved_to(MORNING):
        abroad = create_customer(actor=shop.agent, name_en="Abroad", phones=["+971501234567"], branch=shop.branch)
        away = open_ticket(actor=shop.agent, subject="Fan", customer=abroad, channel="phone", branch=shop.branch,
                           owner=shop.agent)  # fmt: skip
        enter(browser, away.number, "+971501234567")
        text = soup(browser, path=f"/c/t/{away.number}/").text
        assert "10:00 am (UTC+4)" in text
        assert "8:00 am" in text  # when it was received, there


def test_broken_promise_is_told_honestly_with_reason_and_new_time(shop, browser, customer):
    from halkhata.engines.work.models import DelayNote, SlaClock

    with moved_to(MORNING):
        late = open_ticket(actor=shop.agent, subject="Fan", customer=customer, channel="phone", branch=shop.branch,
                           owner=shop.agent)  # fmt: skip
    with moved_to(MORNING + timedelta(hours=3)):
        sweep_due(now())
        enter(browser, late.number, PHONE)
        text = " ".join(soup(browser, path=f"/c/t/{late.number}/").text.split())
        assert (
            "We promised you an answer by Sunday, 22 November 2026, 12:00 pm, and have not given it. We are sorry."
            in text
        )
        assert "Why:" not in text
        clock = SlaClock.objects.get(item=late, metric="first")
        DelayNote.objects.create(
            item=late, clock=clock, at=now(), reason="part_missing", note="NOTE-SECRET boss forgot to order",
            promised_at=MORNING + timedelta(days=1),
        )  # fmt: skip
        text = " ".join(soup(browser, path=f"/c/t/{late.number}/").text.split())
        assert "Why: Spare part missing" in text
        assert "The new time: by Monday, 23 November 2026, 10:00 am" in text
        assert "SECRET" not in text
        bengali = soup(browser, "bn", path=f"/c/t/{late.number}/").text
        assert "২৩ নভেম্বর ২০২৬" in bengali


def resolved(shop, ticket):
    from halkhata.desks.tickets.services.resolving import resolve_ticket

    category, _made = Category.objects.get_or_create(code="cooling", defaults={"name_en": "Cooling"})
    resolve_ticket(
        actor=shop.agent, ticket=ticket, category=category, root_cause="behaviour", remedy="repaired",
        action="We changed the compressor.", told_at=now(), told_how="phone",
    )  # fmt: skip


def test_solved_ticket_says_what_was_done_and_not_why_it_happened(shop, inside, ticket):
    resolved(shop, ticket)
    text = " ".join(soup(inside).text.split())
    assert "We think it is solved." in text
    assert "We changed the compressor." in text
    assert "How it was made good: Repaired" in text
    assert "ehaviour" not in text
    assert "You can have it opened again by" in text


def test_page_costs_a_fixed_number_of_statements(shop, inside, ticket, django_assert_max_num_queries):
    for number in range(25):
        answer_ticket(actor=shop.agent, ticket=ticket, text=f"Answer {number}", files=[
            store_file(name=f"{number}.txt", data=str(number).encode())])  # fmt: skip
    with django_assert_max_num_queries(20):
        inside.get(PATH)


# Writing


def test_message_with_photos_stands_on_the_ticket_and_wakes_it(shop, inside, ticket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    change_ticket_state(actor=shop.agent, ticket=ticket, state="waiting_customer")
    sent = send(inside, "Here is the bill", ("বিল.jpg", jpeg()), ("plate.png", png()))
    assert sent.headers["Location"] == f"{PATH}?said=message"
    message = Message.objects.get(direction="in")
    assert (message.text, message.channel, message.author_label) == ("Here is the bill", "web_form", "Rahima")
    assert message.attachments.count() == 2
    ticket.refresh_from_db()
    assert ticket.state == "open"
    assert AuditEntry.objects.get(action="follow.message").actor_label == "customer's page"
    page = soup(inside)
    assert "Here is the bill" in page.text
    assert [image["alt"] for image in page.select(".hk-pub-files img")] == ["বিল.jpg", "plate.png"]


def test_photo_alone_is_a_message_and_nothing_at_all_is_none(inside, ticket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert send(inside, "", ("a.png", png())).status_code == 302
    before = digest("portal.draft")
    empty = send(inside, "  ")
    assert empty.status_code == 422
    assert 'id="id_text_error"' in empty.content.decode()
    assert digest("portal.draft") == before


def test_photo_that_cannot_be_taken_keeps_text_and_the_good_ones(inside, ticket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = send(inside, "Look at this", ("good.png", png()), ("bad.gif", GIF))
    text = page.content.decode()
    assert page.status_code == 422
    assert "Look at this</textarea>" in text
    assert "good.png" in text
    assert 'id="id_photos_error"' in text
    token = BeautifulSoup(text, "html.parser").find("input", {"name": "token"})["value"]
    assert send(inside, "Look at this", token=token).status_code == 302
    assert Message.objects.get(direction="in").attachments.get().file.original_name == "good.png"


def test_same_message_sent_twice_is_taken_once(inside, ticket):
    token = soup(inside).find("input", {"name": "token"})["value"]
    for _time in range(2):
        assert send(inside, "Once", token=token).headers["Location"] == f"{PATH}?said=message"
    assert Message.objects.filter(text="Once").count() == 1


def test_twenty_messages_an_hour_are_enough(inside, ticket):
    for number in range(20):
        assert send(inside, f"Message {number}").status_code == 302
    before = digest("portal.draft")
    more = send(inside, "One more")
    assert more.status_code == 429
    assert int(more.headers["Retry-After"]) > 0
    assert "One more</textarea>" in more.content.decode()
    assert digest("portal.draft") == before


def test_still_not_solved_opens_it_again_and_goes_up_the_ladder(shop, inside, ticket):
    resolved(shop, ticket)
    assert "Still not solved" in soup(inside).text
    sent = send(inside, "It is warm again", not_solved="yes")
    assert sent.headers["Location"] == f"{PATH}?said=not_solved"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.reopen_count) == ("open", 1)
    kinds = set(WorkEvent.objects.filter(item=ticket).values_list("kind", flat=True))
    assert {"reopened", "customer_demanded", "customer_message"} <= kinds
    assert AuditEntry.objects.filter(action="work.demand_manager").count() == 1
    assert words_of(soup(inside))[-2:] == ["Solved", "Opened again"]


def test_still_not_solved_needs_no_words_and_only_fits_what_is_over(shop, inside, ticket):
    before = digest("portal.draft")
    early = send(inside, "I want more", not_solved="yes")
    assert early.status_code == 409
    assert digest("portal.draft") == before
    resolved(shop, ticket)
    assert send(inside, "", not_solved="yes").status_code == 302
    assert Message.objects.get(direction="in").text == "Still not solved."


def test_writing_on_a_closed_ticket_opens_a_linked_one(shop, inside, ticket):
    resolved(shop, ticket)
    ticket.checklist.all().delete()
    close_ticket(actor=shop.agent, ticket=ticket)
    sent = send(inside, "It is broken once more")
    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert (new.follows_id, sent.headers["Location"]) == (ticket.pk, f"/c/t/{new.number}/?said=message")
    assert "It is broken once more" in soup(inside, path=f"/c/t/{new.number}/").text


def test_half_hour_that_ends_while_writing_shows_what_was_written(inside, ticket):
    token = soup(inside).find("input", {"name": "token"})["value"]
    with moved_to(now() + timedelta(minutes=31)):
        before = digest()
        page = send(inside, "A long letter", token=token)
        assert page.status_code == 403
        assert "A long letter</textarea>" in page.content.decode()
        assert digest() == before


# Files


def test_pictures_are_served_drawn_anew_without_the_cameras_data(inside, ticket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(inside, "", ("a.jpg", jpeg(2000, 1500)))
    stored = StoredFile.objects.get()
    assert PLACE in (tmp_path / stored.path).read_bytes()
    for query, side in (("", 1600), ("?small", 160)):
        response = inside.get(f"{PATH}file/{stored.pk}/{query}")
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
        assert PLACE not in response.content
        with Image.open(io.BytesIO(response.content)) as picture:
            assert max(picture.size) == side
            assert not dict(picture.getexif())
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response.headers["Cache-Control"] == "no-store"
        # The second look is served from what the first has made.
        assert inside.get(f"{PATH}file/{stored.pk}/{query}").content == response.content


def test_file_is_for_whoever_has_shown_the_code_of_its_own_ticket(shop, inside, ticket, foreign, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(inside, "", ("a.png", png()))
    stored = StoredFile.objects.get()
    theirs = store_file(name="theirs.txt", data=b"theirs")
    answer = add_internal_note(actor=shop.agent, ticket=foreign, text="x", files=[theirs])
    Message.objects.filter(pk=answer.pk).update(direction="out", channel="email")
    assert inside.get(f"{PATH}file/{stored.pk}/").status_code == 200
    assert inside.get(f"{PATH}file/{theirs.pk}/").status_code == 404
    assert inside.get(f"/c/t/{foreign.number}/file/{theirs.pk}/").status_code == 404
    assert inside.get(f"{PATH}file/{theirs.pk + 1}/").status_code == 404
    assert Client().get(f"{PATH}file/{stored.pk}/").status_code == 302


def test_document_of_ours_is_a_download_and_never_a_page(shop, inside, ticket, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = store_file(name="offer.html", data=b"<html><script>alert(1)</script>")
    answer_ticket(actor=shop.agent, ticket=ticket, text="See the offer", files=[file])
    response = inside.get(f"{PATH}file/{file.pk}/")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_page_of_many_photos_stays_under_a_hundred_kilobytes(inside, ticket, settings, tmp_path):
    import os as system

    settings.MEDIA_ROOT = tmp_path
    for _message in range(2):
        noisy = []
        for number in range(5):
            out = io.BytesIO()
            Image.frombytes("RGB", (300, 300), system.urandom(270_000)).save(out, "JPEG", quality=80)
            noisy.append((f"{number}.jpg", out.getvalue()))
        assert send(inside, "Photos", *noisy).status_code == 302
    page = soup(inside)
    pictures = [image["src"] for image in page.select("img") if "/file/" in image["src"]]
    assert len(pictures) == 6
    total = len(inside.get(PATH, headers={"Accept-Encoding": "gzip"}).content)
    # Noise is the worst picture there is: nothing in it can be pressed together.
    total += sum(len(inside.get(source).content) for source in pictures)
    assert total < 94_000


# Survey


def test_survey_is_answered_on_the_page_once(shop, inside, ticket):
    resolved(shop, ticket)
    from django.db import transaction

    assert "Tell us how it was" not in soup(inside).text
    with transaction.atomic():
        invite_customer(item=ticket, customer=ticket.customer, agent=shop.agent, cause="r:1", language="en")
    assert "Tell us how it was" in soup(inside).text
    path = f"{PATH}survey/"
    assert inside.get(path).status_code == 200
    assert inside.post(path, {"score": "9", "lang": "en"}).status_code == 422
    assert (
        inside.post(path, {"score": "4", "comment": "Good", "lang": "en"}).headers["Location"] == f"{PATH}?said=survey"
    )
    assert inside.post(path, {"score": "1", "lang": "en"}).headers["Location"] == PATH
    assert (SurveyResponse.objects.get().score, SurveyResponse.objects.get().comment) == (4, "Good")
    assert "Tell us how it was" not in soup(inside).text


def test_merged_ticket_leads_to_the_one_that_goes_on(shop, inside, ticket, customer):
    other = open_ticket(actor=shop.agent, subject="Goes on", customer=customer, channel="phone", branch=shop.branch,
                        owner=shop.agent)  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(
        state_flag="resolved", state="closed", resolved_at=now(), merged_into=other
    )
    assert inside.get(PATH).headers["Location"] == f"/c/t/{other.number}/?joined={ticket.number}"


def test_page_prints_and_closes_on_this_phone(inside, ticket):
    page = soup(inside)
    assert page.find("form", action="/c/follow/end/") is not None
    assert page.select("#write.hk-pub-noprint")
    assert inside.post("/c/follow/end/").status_code == 302
    assert FollowRequest.objects.get().ended_at is not None
