"""Every file of CPython's own e-mail test data goes through the parser."""

import email
from email import policy
from pathlib import Path

import pytest

from halkhata.engines.messaging.mime.parse import ParsedMail, UnparseableMail, parse_mail


def corpus() -> list[Path]:
    """Return the data files of the interpreter's own e-mail tests; none where they are not installed."""
    try:
        import test.test_email as package
    except ImportError:
        return []
    return sorted(path for path in (Path(package.__file__).parent / "data").glob("*") if path.is_file())


pytestmark = pytest.mark.needs_cpython_test_data


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
def test_every_corpus_file_is_a_mail_or_refused_with_a_reason(path):
    raw = path.read_bytes()
    if path.name.startswith("msg_"):
        assert isinstance(parse_mail(raw), ParsedMail)
        return
    outcome = ""
    try:
        parse_mail(raw)
    except UnparseableMail as error:
        outcome = error.reason_code
    assert outcome in ("", "not_mail")


def test_subject_and_sender_agree_with_the_standard_library():
    compared = 0
    for path in corpus():
        if not path.name.startswith("msg_"):
            continue
        reference = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        if reference.defects:
            continue
        parsed = parse_mail(path.read_bytes())
        assert parsed.subject == " ".join(str(reference["subject"] or "").split()), path.name
        senders = reference["from"].addresses if reference["from"] else ()
        if senders and "@" in senders[0].addr_spec:
            assert parsed.from_address.lower() == senders[0].addr_spec.lower(), path.name
        assert parsed.content_type == reference.get_content_type(), path.name
        compared += 1
    assert compared >= 35
