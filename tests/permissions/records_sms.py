"""Records of SMS gateways for the walk."""

from typing import Any

from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.services.access import seal_hook, seal_secrets

OWN_HOOK = "0a" * 24


def make_sms_kinds(shop: Any, kind: Any) -> dict[str, Any]:
    """Kinds of records by name; ``kind`` makes one from own and foreign arguments."""
    rows = []
    for number, side in enumerate((shop.own, shop.foreign)):
        sealed, hashed = seal_hook(OWN_HOOK if number == 0 else "0b" * 24)
        rows.append(
            Gateway.objects.create(
                name=f"Walk {number}", kind="ssl_wireless", branch=side["branch"], base_url="https://sms.example.com/api",
                options={"sid": "WALK"}, sealed=seal_secrets({"api_token": "walk"}), hook_sealed=sealed,
                hook_hash=hashed, is_active=False,
            )
        )  # fmt: skip
    own, foreign = rows
    return {
        "sms gateway": kind((own.pk,), (foreign.pk,)),
        "sms gateway kind": kind(("ssl_wireless",), absent=("none-such",)),
        "sms hook": kind((OWN_HOOK,), absent=("none-such",)),
    }
