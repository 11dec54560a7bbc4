"""The mail servers of the tests do what mail servers do."""

import smtplib
from email.message import EmailMessage

import pytest

pytestmark = pytest.mark.one_database


def _mail(text: str = "Where is my motorcycle?") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "karim@example.com"
    message["To"] = "complaints@shop.example.com"
    message["Subject"] = "সার্ভিস"
    message.set_content(text)
    return message


def test_smtp_server_keeps_what_it_takes(smtp_server):
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.send_message(_mail())
    (received,) = smtp_server.wait_for(1)
    assert received.mail_from == "karim@example.com"
    assert received.rcpt_tos == ["complaints@shop.example.com"]
    assert received.message["Subject"] == "সার্ভিস"


@pytest.mark.parametrize(("answer", "code"), [("451 try later", 451), ("550 no such user", 550)])
def test_smtp_server_can_refuse_once(smtp_server, answer, code):
    smtp_server.refuse_data, smtp_server.times = answer, 1
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        with pytest.raises(smtplib.SMTPDataError) as error:
            client.send_message(_mail())
        assert error.value.smtp_code == code
        assert smtp_server.messages == []
        client.send_message(_mail())
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize(("cut", "kept"), [("before_data", 0), ("after_data", 1)])
def test_smtp_server_can_drop_the_connection(smtp_server, cut, kept):
    smtp_server.cut = cut
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client, pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(_mail())
    assert len(smtp_server.messages) == kept


def test_smtp_server_that_is_stopped_refuses_connections_and_comes_back(smtp_server):
    smtp_server.stop()
    with pytest.raises(OSError):
        smtplib.SMTP(smtp_server.host, smtp_server.port, timeout=5)
    smtp_server.start()
    smtplib.SMTP(smtp_server.host, smtp_server.port, timeout=5).quit()


@pytest.mark.needs_dovecot
def test_delivered_mail_is_read_over_imap_also_after_a_restart(dovecot):
    dovecot.deliver(_mail().as_bytes())
    client = dovecot.client()
    assert client.select("INBOX") == ("OK", [b"1"])
    _, ((_, body), _) = client.fetch("1", "(RFC822)")
    assert b"Where is my motorcycle?" in body
    client.logout()
    dovecot.stop()
    with pytest.raises(OSError):
        dovecot.client()
    dovecot.deliver(_mail("second").as_bytes())
    dovecot.start()
    client = dovecot.client()
    assert client.select("INBOX") == ("OK", [b"2"])
    client.logout()


@pytest.mark.needs_chromium
def test_browser_shows_bengali_text_and_runs_scripts(page):
    page.set_content("<p id=p>লক্ষ্মী</p><script>document.title = 'ran'</script>")
    assert page.inner_text("#p") == "লক্ষ্মী"
    assert page.title() == "ran"
    assert page.problems == []
