"""OpenID Connect, authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0 section 3.1; RFC 7636).

Talks to one provider through the guarded HTTP client. Knows nothing of accounts: it says who the provider says it is.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbound_http import NoAnswer, send

# Asymmetric only: with HS256 whoever knows the client secret could write tokens, and "none" is no signature at all.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"]
LEEWAY_SECONDS = 60
KEEP_SECONDS = 300
MAX_TOKEN = 32 * 1024


class ProviderTrouble(DomainError):
    """The provider did not answer, answered nonsense, or what it says cannot be believed."""


@dataclass(frozen=True, kw_only=True)
class ProviderFacts:
    """What the provider says about itself, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    posts_secret: bool


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One way to the provider and back. Kept in the session; each of the three is used once."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier (RFC 7636 section 4.2)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who the provider says it is. Only ``issuer`` and ``subject`` identify; the rest is for showing."""

    issuer: str
    subject: str
    shown_as: str
    authenticated_at: float | None


def new_attempt() -> Attempt:
    """Fresh secrets for one sign-in."""
    return Attempt(state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(64))


def discover(issuer: str) -> ProviderFacts:
    """Read the provider's own description (OpenID Connect Discovery 1.0 section 4). Raises ProviderTrouble."""
    found = _get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    # Section 4.3: exactly the same, or somebody else's description was put in its place.
    if found.get("issuer") != issuer:
        raise ProviderTrouble("wrong_issuer", _("The provider calls itself by another name than this address."))
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) and found[name] for name in names):
        raise ProviderTrouble("bad_description", _("The provider's description of itself is not complete."))
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return ProviderFacts(
        issuer=issuer,
        posts_secret="client_secret_basic" not in methods and "client_secret_post" in methods,
        **{name: found[name] for name in names},
    )


def authorization_address(
    facts: ProviderFacts, *, client_id: str, redirect_uri: str, attempt: Attempt, afresh: bool = False
) -> str:
    """Where to send the browser. ``afresh`` asks the provider to have the password typed again."""
    values = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid profile email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    if afresh:
        values |= {"prompt": "login", "max_age": "0"}
    joint = "&" if "?" in facts.authorization_endpoint else "?"
    return f"{facts.authorization_endpoint}{joint}{urlencode(values)}"


def exchange(
    facts: ProviderFacts, *, client_id: str, client_secret: str, redirect_uri: str, code: str, attempt: Attempt
) -> Subject:
    """Trade the code for an id_token, verify it, and say who it is about. Raises ProviderTrouble."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": attempt.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if facts.posts_secret or not client_secret:
        form |= {"client_id": client_id} | ({"client_secret": client_secret} if client_secret else {})
    else:
        # RFC 6749 section 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    answer = _call("POST", facts.token_endpoint, headers=headers, body=urlencode(form).encode())
    token = answer.get("id_token")
    if not isinstance(token, str) or len(token) > MAX_TOKEN:
        raise _unbelievable("no id_token")
    return verify(token, facts=facts, client_id=client_id, nonce=attempt.nonce)


def verify(token: str, *, facts: ProviderFacts, client_id: str, nonce: str) -> Subject:
    """Check an id_token as Core 1.0 section 3.1.3.7 says: signature, iss, aud, azp, exp, iat, nonce, sub.

    A key that is not known makes us ask for the keys again, once: providers change them.
    """
    claims = _decoded(token, facts)
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(now().timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": facts.issuer},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
    )
    try:
        registry.validate(claims)
    except (JoseError, TypeError, ValueError) as error:
        raise _unbelievable(str(error)) from error
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise _unbelievable("several audiences, and not for us")
    if claims.get("azp", client_id) != client_id:
        raise _unbelievable("issued for another client")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
        raise _unbelievable("no usable subject")
    at = claims.get("auth_time")
    return Subject(
        issuer=facts.issuer,
        subject=subject,
        shown_as=next((str(claims[name]) for name in ("email", "preferred_username", "name") if claims.get(name)), ""),
        authenticated_at=float(at) if isinstance(at, int | float) else None,
    )


def _decoded(token: str, facts: ProviderFacts) -> dict[str, Any]:
    for afresh in (False, True):
        try:
            return dict(jwt.decode(token, _keys(facts, afresh=afresh), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            problem: Exception = error
    raise _unbelievable(type(problem).__name__) from problem


def _keys(facts: ProviderFacts, *, afresh: bool) -> KeySet:
    name = "oidc-keys:" + hashlib.sha256(facts.jwks_uri.encode()).hexdigest()
    kept = None if afresh else cache.get(name)
    if kept is None:
        kept = _get_json(facts.jwks_uri)
        cache.set(name, kept, KEEP_SECONDS)
    # A symmetric key among them would let its reader sign: public keys only.
    public = [key for key in kept.get("keys", []) if isinstance(key, dict) and key.get("kty") in {"RSA", "EC", "OKP"}]
    if not public:
        raise ValueError("no keys")
    return KeySet.import_key_set({"keys": public})


def _get_json(address: str) -> dict[str, Any]:
    return _call("GET", address, headers={"Accept": "application/json"})


def _call(method: str, address: str, *, headers: dict[str, str], body: bytes | None = None) -> dict[str, Any]:
    try:
        answer = send(method, address, headers=headers, body=body, max_answer=256 * 1024)
    except NoAnswer as error:
        raise ProviderTrouble("no_answer", _("The sign-in service does not answer. Try again later.")) from error
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderTrouble("refused", _("The sign-in service refused. Try again."), status=answer.status)
    return found


def _unbelievable(detail: str) -> ProviderTrouble:
    return ProviderTrouble("not_believed", _("The answer of the sign-in service could not be verified."), detail=detail)
