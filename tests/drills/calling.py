"""A program that writes by the API while the machine is in trouble, and a person who only looks."""

import json
import urllib.error
import urllib.request

from tests.support.fixtures_process import LiveApp

KEY = """
from tests.support.fixtures_shop import make_shop
from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.services.tokens import create_token
shop = make_shop()
from halkhata.desks.tickets.services.defaults import prepare_desk
prepare_desk()
print(create_token(actor=shop.owner, name="drill", scopes=list(PERMISSIONS))[1])
"""


class Caller:
    """Opens customers by the API, as a program would, and remembers what was acknowledged."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url, self.key = base_url, key
        self.acknowledged: list[int] = []
        self.refused: list[tuple[int, str | None, str]] = []
        self.number = 0

    def ask(self, path: str, body: dict | None = None, headers: dict | None = None) -> tuple[int, dict, bytes]:
        """Status, headers and body of one call; a status of 500 is no exception here."""
        request = urllib.request.Request(
            self.base_url + path, data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()

    def write(self) -> int:
        """One customer more. Returns the status."""
        self.number += 1
        status, headers, body = self.ask("/api/v1/customers", {"name_en": f"Drill {self.number}"})
        if status == 201:
            self.acknowledged.append(json.loads(body)["id"])
        else:
            self.refused.append((status, headers.get("retry-after"), json.loads(body).get("code", "")))
        return status


def read_page(app: LiveApp) -> tuple[int, str | None, str]:
    """Status, Retry-After and text of the sign-in page."""
    try:
        with urllib.request.urlopen(app.base_url + "/sign-in/", timeout=60) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Retry-After"), error.read().decode()
