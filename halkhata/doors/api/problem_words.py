"""The words of every problem: those of the API itself, and those of the desks' rules, found in their code."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# code: status, title, what to do about it
COMMON: dict[str, tuple[int, Any, Any]] = {
    "bad_request": (
        400,
        _("The request could not be read."),
        _("The body is no JSON in UTF-8, or a header is not well formed. Nothing was changed."),
    ),
    "bad_idempotency_key": (
        400,
        _("The Idempotency-Key cannot be used."),
        _("Send 1 to 255 ASCII characters without blanks and quotation marks, for instance a UUID."),
    ),
    "not_signed_in": (
        401,
        _("Send a valid key: Authorization: Bearer …"),
        _(
            "The key is missing, unknown, revoked or expired, or its user may no longer sign in. "
            "Keys are made in the settings."
        ),
    ),
    "bad_signature": (
        401,
        _("The message is not signed as it must be."),
        _(
            "The signature is missing or wrong, its time lies more than five minutes away, or the telephone system is "
            "unknown or out of use. Its secret is made in the settings."
        ),
    ),
    "scope_missing": (
        403,
        _("This key may not do that."),
        _("The right is not among those ticked for the key, or its user's role does not have it."),
    ),
    "not_found": (
        404,
        _("There is nothing here, or it is not for this key."),
        _("What does not exist and what lies outside the reach of the key's user answer alike."),
    ),
    "method_not_allowed": (
        405,
        _("This address does not know this method."),
        _("The header Allow names the methods it knows."),
    ),
    "changed_meanwhile": (
        409,
        _("Somebody changed this meanwhile."),
        _("Nothing was saved. Read the record again and decide anew."),
    ),
    "idempotency_in_progress": (
        409,
        _("The first request with this Idempotency-Key is still being worked on."),
        _("Wait a moment, then send the same request again: it answers with the result of the first."),
    ),
    "stale": (
        412,
        _("Somebody changed this since you read it."),
        _("The record has another version than your If-Match names. Nothing was saved. Read it again, then send anew."),
    ),
    "too_large": (
        413,
        _("The request is too large."),
        _("JSON may have 5 MB, a file 40 MB."),
    ),
    "wrong_content_type": (
        415,
        _("The body has a type that is not known here."),
        _("Send application/json, or multipart/form-data where a file goes up."),
    ),
    "invalid_input": (
        422,
        _("Some values cannot be used."),
        _("The list “errors” names each place and what is wrong there. Unknown fields are refused, too."),
    ),
    "bad_cursor": (
        422,
        _("This cursor cannot be used here."),
        _("Take it as it came in “next” or “previous”, with the same filters and order. It is signed."),
    ),
    "idempotency_key_reused": (
        422,
        _("This Idempotency-Key was used for another request."),
        _("The same key means the same request. Make a new key for each new request."),
    ),
    "if_match_missing": (
        428,
        _("Say which version you change: If-Match."),
        _("Read the record, then send its ETag as If-Match, so that nobody's change is overwritten unseen."),
    ),
    "too_many_requests": (
        429,
        _("Too many calls."),
        _("Wait as many seconds as Retry-After says."),
    ),
    "server_error": (
        500,
        _("Something went wrong on our side."),
        _("Nothing was saved. The log of the server says what it was."),
    ),
    "database_away": (
        503,
        _("The database does not answer at the moment."),
        _("Nothing was saved. Try again in a few seconds."),
    ),
    "disk_full": (
        503,
        _("The disk of the server is full."),
        _("Nothing was saved. Somebody has to make room; then the same request works."),
    ),
}
# What each kind of domain error answers with (core/middleware.py, status_of).
_STATUS = {"PermissionRefused": 403, "NotFound": 404, "Conflict": 409}
_ERRORS = {"DomainError", "PhoneError", "AddressRefused", *_STATUS}


@lru_cache(maxsize=1)
def domain_codes() -> dict[str, tuple[int, str]]:
    """Every code a desk's rule can answer with: status, and its sentence as it stands in the code (a msgid).

    Read from the source once a process, so that the page of problems cannot fall behind the rules.
    """
    found: dict[str, tuple[int, str]] = {}
    house = Path(__file__).resolve().parents[2]
    for path in sorted(house.rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                _read_call(node, found)
    return found


def _read_call(node: ast.Call, found: dict[str, tuple[int, str]]) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name not in _ERRORS or not node.args or not isinstance(node.args[0], ast.Constant):
        return
    code = node.args[0].value
    if isinstance(code, str):
        found.setdefault(code, (_STATUS.get(name, 422), _sentence(node.args[1]) if len(node.args) > 1 else ""))


def _sentence(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)
    return ""


def words_of(code: str) -> tuple[int, str, str] | None:
    """Status, title and explanation of a code in the reader's language; None for a code that nothing answers with."""
    if code in COMMON:
        status, title, explanation = COMMON[code]
        return status, str(title), str(explanation)
    known = domain_codes().get(code)
    if known is None:
        return None
    status, sentence = known
    return status, gettext(sentence) if sentence else code, ""
