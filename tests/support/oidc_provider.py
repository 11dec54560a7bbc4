"""A small OpenID Connect provider on 127.0.0.1 for tests: signs with its own RSA key, checks PKCE, can be told to lie.

It follows OpenID Connect Core 1.0 as far as the authorization code flow goes; ``lies`` changes what it says.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


class OidcServer:
    """The provider. ``subject`` and ``email`` are who signs in there next."""

    def __init__(self) -> None:
        self.client_id, self.client_secret = "halkhata", "a secret: with signs/+&"
        self.subject, self.email = "person-1", "rafi@example.com"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "one"})
        # Claims to change (None takes one away) and "alg", "key", "issuer" of the description.
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.now = time.time
        self.asked: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def approve(self, address: str) -> str:
        """What the browser does at the provider: the address it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def description(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.lies.get("issuer", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def trade(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Code for tokens, or None: the client, the verifier or the code was wrong. A code works once."""
        asked = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        if asked is None or pair != f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}":
            return None
        digest = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if digest.rstrip(b"=").decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        """A signed id_token with the lies in it."""
        at = int(self.now())
        claims: dict[str, Any] = {
            "iss": self.issuer, "sub": self.subject, "aud": self.client_id, "exp": at + 300, "iat": at,
            "auth_time": at, "nonce": nonce, "email": self.email, "email_verified": True,
        }  # fmt: skip
        for name, value in self.lies.items():
            if name in {"alg", "key"}:
                continue
            if value is None:
                claims.pop(name, None)
            else:
                claims[name] = value
        if self.lies.get("alg") == "none":
            parts = [{"alg": "none"}, claims]
            encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
            return ".".join([*encoded, ""])
        if self.lies.get("alg") == "HS256":
            public = self.key.as_pem(private=False)
            header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "one"}).encode()).rstrip(b"=")
            payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
            mac = hmac.new(public, header + b"." + payload, hashlib.sha256).digest()
            return b".".join([header, payload, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()
        key = self.other_key if self.lies.get("key") == "other" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def keys(self) -> dict[str, Any]:
        """The public keys, with a symmetric one among them that nobody may use."""
        return {"keys": [self.key.as_dict(private=False), OctKey.generate_key(256).as_dict(private=True)]}


def _handler(provider: OidcServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/.well-known/openid-configuration":
                self._answer(200, provider.description())
            elif path == "/keys":
                self._answer(200, provider.keys())
            elif path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.approve(self.path))
                self.end_headers()
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = provider.trade(form, self.headers.get("Authorization", ""))
            self._answer(200 if answer else 400, answer or {"error": "invalid_grant"})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            return

    return Handler
