"""ETag, If-Match, If-None-Match (RFC 9110 sections 8.8.3 and 13).

A validator is ``"version-hash"``: the version of the record, which is what If-Match compares, and a hash of the answer,
so that also a change without a new version (somebody renamed, a promise now late) is no 304.
"""

import hashlib
import re

from django.http import HttpRequest, HttpResponse

from halkhata.doors.api.problems import ApiProblem

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def note_version(request: HttpRequest, version: int) -> None:
    """Tell the pipeline of which version the answer is."""
    request._version_shown = version  # type: ignore[attr-defined]


def put_etag(request: HttpRequest, response: HttpResponse) -> None:
    """Give a JSON answer its validator."""
    if "ETag" in response or not response.content:
        return
    digest = hashlib.sha256(response.content).hexdigest()[:16]
    version = getattr(request, "_version_shown", None)
    response["ETag"] = f'"{digest}"' if version is None else f'"{version}-{digest}"'


def is_unchanged(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the client has this answer already (weak comparison)."""
    wanted = request.headers.get("If-None-Match", "")
    tag = response.get("ETag", "")
    return bool(tag) and (wanted.strip() == "*" or tag.strip('"') in _TAG.findall(wanted))


def check_match(request: HttpRequest, current: int) -> None:
    """Raise ApiProblem "stale" (412) unless If-Match names ``current``, is ``*``, or is not there at all.

    A weak form is taken, too: compression on the way makes our strong validators weak.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if str(current) not in {tag.partition("-")[0] for tag in _TAG.findall(wanted)}:
        raise ApiProblem("stale")


def require_match(request: HttpRequest, current: int) -> None:
    """The same, where If-Match must be there: raises ApiProblem "if_match_missing" (428)."""
    if "If-Match" not in request.headers:
        raise ApiProblem("if_match_missing")
    check_match(request, current)
