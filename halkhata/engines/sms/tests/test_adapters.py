"""Each kind of gateway: what it is told, and what its answers mean, documented or not (US-25.3, US-25.4, E.6)."""

import json
from decimal import Decimal

import pytest

from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.adapters.base import Access, Order, Standing
from halkhata.engines.sms.choices import GatewayKind
from halkhata.engines.sms.tests.gateway_shop import drop, fake, hang

__all__ = ["fake"]
pytestmark = pytest.mark.one_database

TEXT = 'আপনার ফ্যান তৈরি & "ok"'
ACCESS = {
    "http_template": {
        "options": {
            "method": "POST", "content": "json", "body": '{"to":"{to}","msg":"{text}","ref":"{key}","from":"{sender}"}',
            "headers": "Authorization: Bearer {secret}", "success": '"status": "success"', "id_place": "data.id",
            "refusal": '"status":"error"', "balance_place": "left",
        },
        "secrets": {"secret": "s3cr3t"},
    },
    "ssl_wireless": {"options": {"sid": "PADMA"}, "secrets": {"api_token": "s3cr3t"}},
    "bulksmsbd": {"secrets": {"api_key": "s3cr3t"}},
    "mimsms": {"options": {"username": "padma"}, "secrets": {"api_key": "s3cr3t"}},
    "sms_net_bd": {"secrets": {"api_key": "s3cr3t"}},
    "kannel": {"options": {"username": "padma"}, "secrets": {"password": "s3cr3t"}},
}  # fmt: skip
# kind, status and body of the answer, then verdict, the gateway's id, fault, and words that are kept
ANSWERS = [
    ("http_template", 200, '{"status":"success","data":{"id":71}}', "accepted", "71", "", "HTTP 200"),
    ("http_template", 200, '{"status" : "error","why":"credit"}', "refused", "", "other", "credit"),
    ("http_template", 200, '{"status":"queued?"}', "unknown", "", "unreadable", "queued?"),
    ("ssl_wireless", 200, '{"status":"SUCCESS","status_code":200,"smsinfo":[{"reference_id":"R9"}]}', "accepted", "R9",
     "", "200"),
    ("ssl_wireless", 200, '{"status":"FAILED","status_code":4003,"error_message":"IP blocked"}', "busy", "", "address",
     "4003 IP blocked"),
    ("ssl_wireless", 200, '{"status_code":4999,"error_message":"Something new"}', "refused", "", "other",
     "4999 Something new"),
    ("ssl_wireless", 200, '{"status_code":4022,"error_message":"csms_id must be unique"}', "refused", "", "repeated",
     "4022 csms_id must be unique"),
    ("bulksmsbd", 200, '{"response_code":202,"message_id":15,"success_message":"Submitted"}', "accepted", "15", "",
     "202 Submitted"),
    ("bulksmsbd", 200, '{"response_code":1007,"error_message":"Balance Insufficient"}', "busy", "", "balance",
     "1007 Balance Insufficient"),
    ("bulksmsbd", 200, '{"response_code":1012,"error_message":"Masking SMS must be sent in Bengali"}', "refused", "",
     "masking", "1012 Masking SMS must be sent in Bengali"),
    ("bulksmsbd", 200, '{"response_code":1999,"error_message":"নতুন"}', "refused", "", "other", "1999 নতুন"),
    ("mimsms", 200, '{"statusCode":"200","status":"Success","trxnId":"T5","responseResult":"ok"}', "accepted", "T5", "",
     "200 ok"),
    ("mimsms", 200, '{"statusCode":"401","responseResult":"Unauthorized"}', "busy", "", "access", "401 Unauthorized"),
    ("sms_net_bd", 200, '{"error":0,"msg":"Submitted","data":{"request_id":12345}}', "accepted", "12345", "",
     "Submitted"),
    ("sms_net_bd", 200, '{"error":417,"msg":"Insufficient balance"}', "busy", "", "balance",
     "417 Insufficient balance"),
    ("sms_net_bd", 200, '{"error":416,"msg":"No valid number"}', "refused", "", "number", "416 No valid number"),
    ("kannel", 202, "0: Accepted for delivery", "accepted", "", "", "0: Accepted for delivery"),
    ("kannel", 202, "3: Queued for later delivery", "accepted", "", "", "3: Queued for later delivery"),
    ("kannel", 403, "Authorization failed for sendsms", "busy", "", "access", "403 Authorization failed for sendsms"),
    ("kannel", 503, "Temporal failure, try again later.", "busy", "", "busy", "HTTP 503 Temporal failure"),
]  # fmt: skip


def order(**values):
    return Order(**{"to": "+8801100000031", "text": TEXT, "key": "hk0123456789", **values})


def send(kind, box, **values):
    path = "" if kind == "sms_net_bd" else "/send"
    found = ACCESS[kind]
    access = Access(
        url=box.url + path, sender="PADMA", options=found.get("options", {}), secrets=found.get("secrets", {})
    )
    return ADAPTERS[kind].send(access, order(**values))


@pytest.mark.parametrize(("kind", "status", "body", "verdict", "own_id", "fault", "words"), ANSWERS)
def test_documented_answer_is_understood_and_its_words_are_kept(
    fake, kind, status, body, verdict, own_id, fault, words
):
    fake.answers = [(status, body)]
    sent = send(kind, fake)
    assert (sent.verdict, sent.provider_id, sent.fault) == (verdict, own_id, fault)
    assert words in sent.said
    assert "s3cr3t" not in repr(sent)


@pytest.mark.parametrize("kind", GatewayKind.values)
@pytest.mark.parametrize(
    ("answer", "verdict", "fault"),
    [
        ((200, "<html>\x00 garbage"), "unknown", "unreadable"),
        ((500, "Oops"), "unknown", "broken"),
        ((429, "slowly"), "busy", "busy"),
        ((302, ""), "refused", "other"),
        (drop, "unknown", "no_answer"),
    ],
)
def test_answer_that_says_nothing_is_never_taken_for_sent(fake, kind, answer, verdict, fault):
    fake.answers = [answer]
    sent = send(kind, fake)
    assert (sent.verdict, sent.fault) == (verdict, fault)
    assert len(fake.calls) == 1


@pytest.mark.parametrize("kind", ["ssl_wireless", "bulksmsbd"])
def test_gateway_that_does_not_answer_in_time_leaves_the_text_unknown(fake, kind):
    fake.answers = [hang]
    sent = send(kind, fake)
    assert (sent.verdict, sent.fault) == ("unknown", "no_answer")


def test_gateway_that_is_not_there_has_certainly_not_taken_it(fake):
    access = Access(url="http://127.0.0.1:9/send", secrets={"api_key": "x"})
    sent = ADAPTERS["bulksmsbd"].send(access, order())
    assert (sent.verdict, sent.fault) == ("busy", "connection")


def test_each_gateway_is_told_what_its_description_asks_for(fake):
    fake.answers = [(500, "")]
    for kind in GatewayKind.values:
        send(kind, fake)
    calls = dict(zip(GatewayKind.values, fake.calls, strict=True))
    assert json.loads(calls["http_template"].body) == {
        "to": "8801100000031", "msg": TEXT, "ref": "hk0123456789", "from": "PADMA"
    }  # fmt: skip
    assert calls["http_template"].headers["Authorization"] == "Bearer s3cr3t"
    assert json.loads(calls["ssl_wireless"].body) == {
        "api_token": "s3cr3t", "sid": "PADMA", "msisdn": "8801100000031", "sms": TEXT, "csms_id": "hk0123456789"
    }  # fmt: skip
    assert calls["bulksmsbd"].fields == {
        "api_key": "s3cr3t", "type": "text", "number": "8801100000031", "senderid": "PADMA", "message": TEXT
    }  # fmt: skip
    assert json.loads(calls["mimsms"].body) == {
        "UserName": "padma", "Apikey": "s3cr3t", "MobileNumber": "8801100000031", "SenderName": "PADMA",
        "TransactionType": "T", "Message": TEXT,
    }  # fmt: skip
    assert calls["sms_net_bd"].path == "/sendsms"
    assert calls["sms_net_bd"].fields == {
        "api_key": "s3cr3t", "msg": TEXT, "to": "8801100000031", "sender_id": "PADMA"
    }  # fmt: skip
    assert calls["kannel"].fields == {
        "username": "padma", "password": "s3cr3t", "from": "PADMA", "to": "+8801100000031", "text": TEXT,
        "coding": "2", "charset": "UTF-8",
    }  # fmt: skip


def test_offer_by_mim_sms_needs_its_campaign(fake):
    sent = send("mimsms", fake, is_offer=True)
    assert (sent.verdict, sent.fault, fake.calls) == ("refused", "campaign", [])


@pytest.mark.parametrize(
    ("kind", "url", "body", "amount", "fault"),
    [
        ("bulksmsbd", "/send", '{"balance":"1,204.5"}', Decimal("1204.50"), ""),
        ("bulksmsbd", "/send", "nothing", None, "unreadable"),
        ("sms_net_bd", "", '{"error":0,"data":{"balance":"19.0000"}}', Decimal("19.00"), ""),
        ("sms_net_bd", "", '{"error":405,"msg":"Authorization required"}', None, "access"),
    ],
)
def test_balance_is_read_or_why_not(fake, kind, url, body, amount, fault):
    fake.answers = [(200, body)]
    found = ADAPTERS[kind].balance(Access(url=fake.url + url, secrets={"api_key": "x"}))
    assert (found.amount, found.fault) == (amount, fault)


@pytest.mark.parametrize(
    ("word", "standing"), [("Delivered", Standing.DELIVERED), ("Failed", Standing.FAILED), ("Sent", Standing.TAKEN)]
)
def test_alpha_sms_is_asked_by_its_own_number(fake, word, standing):
    fake.answers = [(200, json.dumps({"error": 0, "data": {"recipients": [{"status": word}]}}))]
    told = ADAPTERS["sms_net_bd"].ask(Access(url=fake.url, secrets={"api_key": "x"}), key="", provider_id="12345")
    assert (told.standing, fake.calls[0].path) == (standing, "/report/request/12345/")


def test_text_in_an_address_of_a_template_may_be_long_and_leads_nowhere_else(fake):
    url = fake.url + "/send?user=padma&to={to}&msg={text}"
    access = Access(url=url, options={"method": "GET", "success": "success", "number_form": "0"})
    sent = ADAPTERS["http_template"].send(access, order(text="ক" * 400 + "&to=+880110\r\nX: y"))
    assert sent.verdict == "accepted"
    assert fake.calls[0].fields == {"user": "padma", "to": "01100000031", "msg": "ক" * 400 + "&to=+880110\r\nX: y"}
    assert "X" not in fake.calls[0].headers


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": "k", "status": "1"}, "delivered"), ({"key": "k", "status": "9"}, "delivered"),
        ({"key": "k", "status": "2"}, "failed"), ({"key": "k", "status": "16"}, "failed"),
        ({"key": "k", "status": "8"}, "on_its_way"), ({"key": "k", "status": "x"}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_bits_of_kannels_reports_are_read(fields, says):
    assert ADAPTERS["kannel"].read_report(Access(url=""), fields).says == says
