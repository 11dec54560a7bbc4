"""What every page's shell shows."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.registry import NavItem, Registry, navigation

SECTIONS = {"work": 1, "records": 2, "after_sale": 3, "messages": 4, "insight": 5, "settings": 6}
# Registered by the apps that can count: name -> function(user) -> number, shown in the shell.
shell_counts: Registry[Any] = Registry("shell_counts")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of shell/*.html: navigation, shop name, reader, theme, banners."""
    theme = request.COOKIES.get("theme", "auto")
    install = Installation.current()
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "install": install,
        "shop_name": install.name or "Halkhata",
        "reader": getattr(request, "reader", None) or current_reader(),
        "theme": theme if theme in {"auto", "light", "dark"} else "auto",
        "languages": [("bn", "বাংলা"), ("en", "English")],
        "demo_banner": install.demo_loaded_at is not None,
        "nav_sections": _navigation(user, request.path) if signed_in else [],
        **({name: count(user) for name, count in shell_counts.items()} if signed_in else {}),
    }


def _navigation(user: User, path: str) -> list[dict[str, Any]]:
    sections: dict[str, list[dict[str, Any]]] = {}
    # Apps have settings pages below their own address: /feedback/settings/ is a page of the settings.
    belongs = reverse("web:settings") if "/settings/" in path else path
    pages = [
        (item, url)
        for item, url in _pages(len(list(navigation)), get_urlconf(), get_script_prefix())
        if not item.permission or user.may(item.permission)
    ]
    # Recalls stand below the address of the reminders: the longest address that fits is the present page.
    present = max(
        (url for _item, url in pages if (belongs == url if url == "/" else belongs.startswith(url))),
        key=len, default="",
    )  # fmt: skip
    for item, url in pages:
        sections.setdefault(item.section, []).append(
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "active": url == present,
                "count": item.count(user) if item.count else None,
                "new_url": _new_url(user, item),
            }
        )
    return [{"key": key, "items": entries} for key, entries in sections.items()]


def _new_url(user: User, item: NavItem) -> str:
    may = not item.new_permission or user.may(item.new_permission)
    return reverse(item.new_url_name) if item.new_url_name and may else ""


@lru_cache(maxsize=4)
def _pages(_registered: int, _urlconf: str | None, _prefix: str) -> list[tuple[NavItem, str]]:
    """What is registered, in order, with its address: found once, for neither changes while the process runs."""
    items: list[NavItem] = sorted(navigation, key=lambda item: (SECTIONS.get(item.section, 9), item.order))
    return [(item, reverse(item.url_name)) for item in items]
