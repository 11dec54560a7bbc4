"""The main job of the product, told once from beginning to end with real servers, real processes and a real browser.

Set-up in the browser; a mail in Bengali arrives by IMAP; the ticket opens under the right promise; the acknowledgement
is received by SMTP; the agent's reply threads; the customer's answer comes back; the clock pauses and goes on; a broken
promise escalates; resolution; the survey is answered with 1; a recovery item stands in the agent's list.
"""

import re
from email.message import EmailMessage
from typing import Any

import pytest

from tests.support.fixtures_mail import Dovecot, SmtpServer
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_dovecot, pytest.mark.needs_chromium]

CUSTOMER = "rahima@example.com"
SUBJECT = "ফ্রিজ ঠান্ডা হচ্ছে না"
TEXT = "কেনার সাত দিন পর থেকে ফ্রিজ ঠান্ডা হচ্ছে না। খুব কষ্টে আছি, দয়া করে দেখুন।"


def customers_mail(
    dovecot: Dovecot, *, subject: str, text: str, message_id: str, answers: EmailMessage | None = None
) -> bytes:
    """A mail as the customer's phone writes it; ``answers`` is the mail of ours that it replies to."""
    mail = EmailMessage()
    mail["From"] = f"রহিমা খাতুন <{CUSTOMER}>"
    mail["To"] = dovecot.user
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0600"
    if answers is not None:
        mail["In-Reply-To"] = answers["Message-ID"]
        mail["References"] = f"{answers.get('References', '')} {answers['Message-ID']}".strip()
    mail.set_content(text)
    return mail.as_bytes()


def set_up_shop(page: Any, base_url: str) -> None:
    """The five questions, then an empty shop."""
    page.goto(base_url + "/")
    page.get_by_label("English", exact=True).check()
    page.locator("form[action*='setup'] button.btn-primary").click()
    page.get_by_label("Appliances").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("What is the shop called?").fill("Meghna Electronics")
    page.get_by_label("Which number do customers call?").fill("০১১০০-১২৩৪৫৬")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Your name").fill("Owner")
    page.get_by_label("User name").fill("owner")
    page.get_by_label("Password", exact=True).fill("four quiet paper boats")
    page.get_by_label("Password again").fill("four quiet paper boats")
    page.get_by_role("button", name="Finish set-up").click()
    page.wait_for_url("**/start/")


def add_mailbox(page: Any, base_url: str, dovecot: Dovecot, smtp: SmtpServer) -> None:
    """The shop's mailbox on the real servers, typed into the settings page."""
    page.goto(base_url + "/messages/settings/mailboxes/new/")
    page.locator("[name=name]").fill("Complaints")
    page.locator("[name=address]").fill(dovecot.user)
    page.locator("[name=display_name]").fill("Meghna Electronics")
    page.locator("[name=branch]").select_option(index=1)
    page.locator("[name=is_default]").check()
    page.locator("[name=imap_host]").fill(dovecot.host)
    page.locator("[name=imap_port]").fill(str(dovecot.port))
    page.locator("[name=imap_security]").select_option("none")
    page.locator("[name=imap_username]").fill(dovecot.user)
    page.locator("[name=imap_password]").fill(dovecot.password)
    page.locator("[name=take_old]").check()
    page.locator("[name=smtp_host]").fill(smtp.host)
    page.locator("[name=smtp_port]").fill(str(smtp.port))
    page.locator("[name=smtp_security]").select_option("none")
    page.locator("form:has([name=imap_host]) button.btn-primary").click()
    page.wait_for_url("**/messages/settings/mailboxes/**")


def shorten_promises(app: LiveApp) -> None:
    """Promises around the clock, and one minute for the next answer, so that the test need not wait until it breaks."""
    app.shell(
        "from halkhata.engines.work.models import SlaPolicy, SlaTarget\n"
        "policy = SlaPolicy.objects.get(is_default=True)\n"
        "SlaPolicy.objects.filter(pk=policy.pk).update(around_the_clock=True, version=policy.version + 1)\n"
        "SlaTarget.objects.filter(policy=policy, metric='next').update(minutes=1)\n"
    )


def facts(app: LiveApp, expression: str) -> str:
    """The value of a Python expression over the shop's own database."""
    return app.shell(
        "from halkhata.desks.tickets.models import Ticket\n"
        "from halkhata.engines.work.models import *\n"
        "from halkhata.engines.messaging.models import *\n"
        f"print({expression})"
    ).strip()


def wait_for_fact(app: LiveApp, expression: str, wanted: str, seconds: float = 90) -> None:
    """Until the expression has the wanted value."""
    seen = ""

    def reached() -> bool:
        nonlocal seen
        seen = facts(app, expression)
        return seen == wanted

    wait_until(reached, seconds=seconds, what=lambda: f"{expression}: {seen!r} instead of {wanted!r}")


def test_complaint_by_mail_is_answered_in_time_solved_and_a_bad_answer_opens_a_recovery(
    live_app: LiveApp, dovecot: Dovecot, smtp_server: SmtpServer, new_page: Any
) -> None:
    page = new_page(language="en")
    base = live_app.base_url
    set_up_shop(page, base)
    add_mailbox(page, base, dovecot, smtp_server)
    shorten_promises(live_app)

    # A mail in Bengali arrives, and the customer is told at once.
    dovecot.deliver(customers_mail(dovecot, subject=SUBJECT, text=TEXT, message_id="<one@phone.example.com>"))
    acknowledgement = smtp_server.wait_for(1, seconds=60)[0].message
    number = facts(live_app, "Ticket.objects.get().number")
    assert re.fullmatch(r"K-\d{4}", number)
    assert acknowledgement["To"].addresses[0].addr_spec == CUSTOMER
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["In-Reply-To"] == "<one@phone.example.com>"
    words = acknowledgement.get_body(("plain",)).get_content()
    assert "ক-" in words
    assert acknowledgement.get_body(("html",)) is not None
    assert facts(live_app, "Ticket.objects.get().clocks.get(metric='first').policy.is_default") == "True"
    assert facts(live_app, "Ticket.objects.get().clocks.get(metric='first').state") == "running"

    # The agent answers in the browser; the first promise is kept; the answer threads.
    page.goto(f"{base}/tickets/{number}/")
    assert SUBJECT in page.content()
    page.locator("#compose-reply-body").fill("আপনার কষ্টের জন্য দুঃখিত। আজ বিকালে আমাদের লোক যাবে। ঠিকানাটা জানাবেন?")
    page.locator("[name=next_state]").select_option("waiting_customer")
    page.get_by_role("button", name="Send to the customer").click()
    answer = smtp_server.wait_for(2, seconds=60)[1].message
    assert answer["Auto-Submitted"] is None
    assert "<one@phone.example.com>" in answer["References"]
    assert answer["Message-ID"] != acknowledgement["Message-ID"]
    assert f"[{number}]" in answer["Subject"]
    assert facts(live_app, "Ticket.objects.get().clocks.get(metric='first').state") == "met"
    assert facts(live_app, "Ticket.objects.get().clocks.get(metric='resolution').state") == "paused"

    # The customer's answer is added, nothing is opened twice, the clock goes on.
    dovecot.deliver(
        customers_mail(
            dovecot,
            subject=f"Re: {answer['Subject']}",
            text="মিরপুর ১০, মসজিদের পাশে।\n\n> আপনার কষ্টের জন্য দুঃখিত।",
            message_id="<two@phone.example.com>",
            answers=answer,
        )
    )
    wait_for_fact(live_app, "Message.objects.filter(direction='in').count()", "2")
    assert facts(live_app, "Ticket.objects.count()") == "1"
    assert facts(live_app, "Ticket.objects.get().state") == "open"
    assert facts(live_app, "Ticket.objects.get().clocks.get(metric='resolution').state") == "running"
    page.reload()
    assert "মিরপুর ১০, মসজিদের পাশে।" in page.content()

    # Nobody answers for a minute: the promise is broken and the case goes up, each step once.
    wait_for_fact(live_app, "Ticket.objects.get().is_breached", "True", seconds=120)
    wait_for_fact(live_app, "Ticket.objects.get().escalations.exists()", "True", seconds=30)
    assert (
        facts(
            live_app,
            "len(set((e.step, e.level) for e in EscalationFiring.objects.all())) == EscalationFiring.objects.count()",
        )
        == "True"
    )
    page.goto(f"{base}/tickets/{number}/")
    assert page.get_by_text(re.compile("late", re.I)).count() > 0

    # Solved with cause and remedy; the broken promise wants its reason (US-12).
    page.locator("#resolution > summary").click()
    form = page.locator("#resolution form")
    form.locator("[name=category]").select_option(index=1)
    form.locator("[name=root_cause]").select_option("product_defect")
    form.locator("[name=action]").fill("কম্প্রেসর বদলে দেওয়া হয়েছে।")
    form.locator("[name=remedy]").select_option("replaced")
    form.locator("[name=delay_reason]").select_option(index=1)
    form.get_by_role("button", name="Resolve").click()
    wait_for_fact(live_app, "Ticket.objects.get().state", "resolved")

    # The customer is asked, answers 1, and the agent who handled it has something to make good.
    invitation = next(m.message for m in _wait_for_link(smtp_server))
    link = re.search(r"http://\S+/c/s/\S+", invitation.get_body(("plain",)).get_content()).group(0)
    customers_page = new_page(width=390, language="bn", javascript=False)
    customers_page.goto(link)
    customers_page.locator("input[name=score][value='1']").check(force=True)
    customers_page.locator("[name=comment]").fill("অনেক দেরি হয়েছে")
    customers_page.locator("form button.btn-primary").click()
    wait_for_fact(live_app, "WorkItem.objects.filter(kind='recovery').count()", "1")
    assert facts(live_app, "WorkItem.objects.get(kind='recovery').owner_id == Ticket.objects.get().owner_id") == "True"
    assert facts(live_app, "WorkItem.objects.filter(kind='follow_up').count()") == "2"
    page.goto(f"{base}/work/today/")
    recovery = facts(live_app, "WorkItem.objects.get(kind='recovery').number")
    page.goto(f"{base}/work/{recovery}/")
    assert number in page.content()
    # Each step once: the customer got one acknowledgement, one answer and one invitation, no more.
    assert len([m for m in smtp_server.messages if m.message["Auto-Submitted"]]) <= 4
    assert len({m.message["Message-ID"] for m in smtp_server.messages}) == len(smtp_server.messages)
    # The used link does nothing any more.
    customers_page.goto(link)
    assert customers_page.locator("input[name=score]").count() == 0
    assert page.problems == []


def _wait_for_link(smtp: SmtpServer) -> list[Any]:
    found: list[Any] = []

    def there() -> bool:
        found[:] = [m for m in smtp.messages if "/c/s/" in m.message.get_body(("plain",)).get_content()]
        return bool(found)

    wait_until(there, seconds=60, what="no invitation came")
    return found
