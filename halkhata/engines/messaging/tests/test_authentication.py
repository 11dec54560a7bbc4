"""Authentication-Results of our own server, and nobody else's (RFC 8601, RFC 7489; B66, B67)."""

import pytest

from halkhata.engines.messaging.mime.authentication import Proof, named_servers, proof_of, read_results
from halkhata.engines.messaging.mime.parse import parse_mail

MX = "mx.shop.example.com"


def mail(*headers: str, sender="Karim <karim@example.com>", more="") -> bytes:
    lines = [f"Authentication-Results: {one}" for one in headers]
    return "\r\n".join([*lines, f"From: {sender}", *([more] if more else []), "Subject: x", "", "Text", ""]).encode()


PASS = f"{MX}; dmarc=pass (p=none) header.from=example.com"
CASES = [
    ("dmarc passed", [PASS], Proof.PASS),
    ("dmarc failed", [f"{MX}; dmarc=fail (p=reject dis=none) header.from=example.com"], Proof.FAIL),
    ("the name is told in capitals", ["MX.Shop.Example.COM 1; DMARC=Pass header.from=example.com"], Proof.PASS),
    ("a version behind the name", [f"{MX} 1; dmarc=pass header.from=example.com"], Proof.PASS),
    ("a quoted name", [f'"{MX}"; dmarc=pass header.from=example.com'], Proof.PASS),
    ("nested comments", [f"{MX} (a (b; dmarc=fail) c); dmarc = pass (ok) header.from=example.com"], Proof.PASS),
    ("spf and dkim beside it", [f"{MX}; spf=softfail smtp.mailfrom=x@y.test; {PASS.partition('; ')[2]}"], Proof.PASS),
    ("somebody else's header", ["mx.evil.test; dmarc=pass header.from=example.com"], Proof.UNKNOWN),
    ("a name that only begins alike", [f"{MX}.evil.test; dmarc=pass header.from=example.com"], Proof.UNKNOWN),
    ("our name in a comment of theirs", [f"mx.evil.test ({MX}); dmarc=pass header.from=example.com"], Proof.UNKNOWN),
    ("a forged pass below our fail", [f"{MX}; dmarc=fail header.from=example.com", PASS], Proof.FAIL),
    ("two milters of one server", [f"{MX}; dkim=pass header.d=example.com", PASS], Proof.PASS),
    ("passed for another domain", [f"{MX}; dmarc=pass header.from=evil.test"], Proof.NONE),
    ("no policy, dkim aligned", [f"{MX}; dmarc=none; dkim=pass header.d=example.com"], Proof.ALIGNED),
    ("no policy, spf aligned", [f"{MX}; spf=pass smtp.mailfrom=bounce@example.com"], Proof.ALIGNED),
    ("spf of another domain", [f"{MX}; spf=pass smtp.mailfrom=x@evil.test"], Proof.NONE),
    ("dkim of a longer domain", [f"{MX}; dkim=pass header.d=sub.example.com"], Proof.NONE),
    ("dkim of a top level", [f"{MX}; dkim=pass header.d=com"], Proof.NONE),
    ("dkim that ends alike", [f"{MX}; dkim=pass header.d=le.com"], Proof.NONE),
    ("dkim failed", [f"{MX}; dkim=fail header.d=example.com"], Proof.NONE),
    ("our server had nothing to say", [f"{MX}; none"], Proof.NONE),
    ("a quoted reason that talks", [f'{MX}; dmarc=fail reason="x; dmarc=pass" header.from=example.com'], Proof.FAIL),
    ("temporary trouble", [f"{MX}; dmarc=temperror header.from=example.com"], Proof.NONE),
    ("best guess is no pass", [f"{MX}; dmarc=bestguesspass header.from=example.com"], Proof.NONE),
    ("no header", [], Proof.UNKNOWN),
    ("rubbish", ["=;;=\"(", MX + "; dmarc", MX + ";=;"], Proof.NONE),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_verdict(headers, expected):
    assert proof_of(parse_mail(mail(*headers)), MX) == expected


@pytest.mark.parametrize(
    "sender", ["Karim <karim@example.com>, Boss <boss@evil.test>", "boss@evil.test, karim@example.com"]
)
def test_several_senders_are_never_proven(sender):
    assert proof_of(parse_mail(mail(PASS, sender=sender)), MX) == Proof.FAIL


def test_second_from_header_is_never_proven():
    assert proof_of(parse_mail(mail(PASS, more="From: other@evil.test")), MX) == Proof.FAIL


def test_without_a_trusted_name_nothing_is_believed():
    assert proof_of(parse_mail(mail(PASS)), "") == Proof.UNKNOWN
    assert proof_of(parse_mail(mail(PASS)), "  ") == Proof.UNKNOWN


def test_subdomain_may_be_vouched_for_by_its_owner():
    parsed = parse_mail(mail(f"{MX}; dkim=pass header.i=@example.com", sender="a@news.example.com"))
    assert proof_of(parsed, MX) == Proof.ALIGNED


def test_names_topmost_first_each_once():
    parsed = parse_mail(mail(PASS, "relay.test; none", f"{MX}; none"))
    assert named_servers(parsed) == [MX, "relay.test"]


@pytest.mark.parametrize(
    "value", ["(" * 20_000, ")" * 20_000, '"' * 20_001, "a;" * 10_000, "\\" * 20_000, "a=" * 9_000]
)
def test_crafted_headers_end_quickly(value):
    import time

    begun = time.monotonic()
    read_results(value)
    assert time.monotonic() - begun < 1
