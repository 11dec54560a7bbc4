"""What our own mail server says about who sent a mail: Authentication-Results (RFC 8601), DMARC alignment (RFC 7489).

Anybody can write such a header into a mail. Only those that carry the name of the server that takes our mail in are
read, and that server must remove forged ones with its own name (RFC 8601 section 5). Where several of them speak of the
same check, the worst one counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from halkhata.engines.messaging.mime.mail import ParsedMail


class Proof(StrEnum):
    """How well the sender of a mail is known.

    ``pass``: DMARC passed. ``aligned``: the domain has no DMARC policy, but SPF or DKIM passed for the sender's own
    domain. ``fail``: DMARC failed, or the mail names several senders. ``none``: our server looked and can say nothing.
    ``""``: nobody whom we believe has looked.
    """

    PASS = "pass"  # noqa: S105 - the word of RFC 8601
    ALIGNED = "aligned"
    FAIL = "fail"
    NONE = "none"
    UNKNOWN = ""


# Who may be believed to be who they say.
PROVEN = frozenset({Proof.PASS, Proof.ALIGNED})


@dataclass(frozen=True, slots=True)
class Check:
    """One result: ``dmarc=fail header.from=example.com``. Names and results in lower case."""

    method: str
    result: str
    properties: dict[str, str]


_ITEM = re.compile(r'([A-Za-z][\w.-]{0,60})(?:/\d{1,5})?\s*=\s*("(?:[^"\\]|\\.){0,500}"|[^\s;"]{1,500})')
_SERVER = re.compile(r'\s*("(?:[^"\\]|\\.){1,253}"|[^\s;"]{1,253})(?:\s+\d{1,5})?\s*')
_MAX_CHECKS = 50


def read_results(value: str) -> tuple[str, list[Check]]:
    """Name of the server that speaks (lower case, "" when the header names none) and what it found."""
    head, *parts = _split(_without_comments(value))
    match = _SERVER.fullmatch(head)
    if match is None:
        return "", []
    checks = []
    for part in parts[:_MAX_CHECKS]:
        items = [(name.lower(), text.strip('"')) for name, text in _ITEM.findall(part)]
        if items:
            (method, result), *rest = items
            checks.append(Check(method, result.lower(), dict(rest)))
    return match.group(1).strip('"').lower(), checks


def named_servers(parsed: ParsedMail) -> list[str]:
    """The servers that speak in this mail's headers, the topmost (the last that had the mail) first."""
    return list(dict.fromkeys(name for value in parsed.authentication_results if (name := read_results(value)[0])))


def proof_of(parsed: ParsedMail, auth_server: str) -> Proof:
    """How well the sender is known, by what ``auth_server`` says; UNKNOWN when that is "" or says nothing."""
    trusted = auth_server.strip().lower()
    if not trusted:
        return Proof.UNKNOWN
    found: list[Check] = []
    heard = False
    for value in parsed.authentication_results:
        name, checks = read_results(value)
        if name == trusted:
            heard = True
            found += checks
    if not heard:
        return Proof.UNKNOWN
    if parsed.has_several_senders:
        # The server may have judged one of them, and we would show the other.
        return Proof.FAIL
    domain = parsed.from_address.rpartition("@")[2].lower()
    verdicts = [check for check in found if check.method == "dmarc"]
    if any(check.result == "fail" for check in verdicts):
        return Proof.FAIL
    if verdicts and all(check.result == "pass" and _speaks_of(check, domain) for check in verdicts):
        return Proof.PASS
    return Proof.ALIGNED if _is_aligned(found, domain) else Proof.NONE


def _speaks_of(check: Check, domain: str) -> bool:
    """Whether the verdict is about the sender we show. Servers name the domain they judged; without one it counts."""
    judged = check.properties.get("header.from", "").rpartition("@")[2].lower()
    return judged in {"", domain}


def _is_aligned(checks: Iterable[Check], domain: str) -> bool:
    for check in checks:
        if check.result != "pass":
            continue
        if check.method == "dkim":
            signer = check.properties.get("header.d") or check.properties.get("header.i", "")
        elif check.method == "spf":
            signer = check.properties.get("smtp.mailfrom", "")
        else:
            continue
        signer = signer.rpartition("@")[2].lower().rstrip(".")
        # Whoever owns a domain may speak for what lies under it; the other way round only a list of all public
        # suffixes could tell, so it does not count.
        if domain and signer and (domain == signer or ("." in signer and domain.endswith(f".{signer}"))):
            return True
    return False


def _without_comments(value: str) -> str:
    """``value`` without its comments (nested parentheses), which say nothing; quoted strings stay."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
            if not depth:
                kept.append(letter)
        elif letter == "\\":
            escaped = True
            if not depth:
                kept.append(letter)
        elif letter == '"' and not depth:
            quoted = not quoted
            kept.append(letter)
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and depth and not quoted:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(letter)
    return "".join(kept)


def _split(value: str) -> list[str]:
    parts: list[str] = [""]
    quoted = False
    for letter in value:
        if letter == '"':
            quoted = not quoted
        if letter == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
