"""Pages made of panels: which of them a reader sees, those of the page itself and those that come after it.

The page of a customer and that of a unit show what many desks know, each desk by a panel that it registers. A page that
must be quick holds only what everybody looks for: panels marked ``later`` are left out of it. Where they belong stands
a card that fetches them once the page is there; without a script it is a link, and the same address a page of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

S = TypeVar("S")
Column = Literal["main", "side"]
COLUMNS: tuple[Column, ...] = ("main", "side")


class Viewer(Protocol):
    """Who reads the page, as far as panels ask."""

    def may(self, permission: str) -> bool:
        """Whether the reader has this right."""


@dataclass(frozen=True, kw_only=True)
class Panel(Generic[S]):
    """One card of a page. ``context(user, subject)`` gives the template's values in a fixed number of queries.

    ``column`` is "main" (wide) or "side"; ``permission`` "" shows the panel to everyone who sees the page.
    ``later``: not in the page itself, which stays quick, but fetched right after it, below its column's other panels.
    """

    order: int
    template: str
    context: Callable[[Any, S], dict[str, Any]]
    permission: str = ""
    column: Column = "main"
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class PanelPage(Generic[S]):
    """A page made of ``panels`` about one subject: where it stands, and how it says that there is more.

    The panels' templates call the subject ``name`` ("unit"). ``key(subject)`` is what its addresses hold: the page is
    ``url_name``, the later panels of a column ``later_url_name`` with "_main" or "_side" behind it. On a page of its
    own these stand under ``title(subject)``, with a link back that says ``called(subject)``. ``more`` heads what comes
    later, ``nothing`` is said where it is empty; with an ``icon`` the waiting card has a head.
    """

    panels: Iterable[Panel[S]]
    name: str
    key: Callable[[S], Any]
    url_name: str
    later_url_name: str
    title: Callable[[S], Any]
    called: Callable[[S], Any]
    more: Any
    nothing: Any
    icon: str = ""

    def shown(self, viewer: Viewer, column: Column, *, later: bool = False) -> list[Panel[S]]:
        """The panels of a column that the viewer may see, in order: those of the page, or those that come ``later``."""
        return [
            panel
            for panel in sorted(self.panels, key=lambda panel: panel.order)
            if panel.column == column
            and panel.later == later
            and (not panel.permission or viewer.may(panel.permission))
        ]

    def written(self, request: HttpRequest, subject: S, column: Column, *, later: bool = False) -> list[SafeString]:
        """Each panel of ``shown``, written.

        A panel's template gets its own context at the top, the subject, ``user`` and what forms need. The shell's
        context is left out: it costs queries, and a panel has no use for it.
        """
        shared = {
            self.name: subject, "user": request.user, "request": request, "csrf_token": get_token(request),
        }  # fmt: skip
        return [
            render_to_string(panel.template, {**shared, **panel.context(request.user, subject)})
            for panel in self.shown(_viewer(request), column, later=later)
        ]

    def columns(self, request: HttpRequest, subject: S) -> dict[str, Any]:
        """What the page's template shows: of each column its written panels (``main_panels``) and the card that fetches
        the later ones (``main_later``), "" where this reader gets none."""
        context: dict[str, Any] = {}
        for column in COLUMNS:
            context[f"{column}_panels"] = self.written(request, subject, column)
            context[f"{column}_later"] = self.waiting(_viewer(request), subject, column)
        return context

    def waiting(self, viewer: Viewer, subject: S, column: Column) -> SafeString:
        """The card that stands where the later panels of a column come in; "" where the viewer gets none."""
        if not self.shown(viewer, column, later=True):
            return SafeString("")
        url = reverse(f"{self.later_url_name}_{column}", args=[self.key(subject)])
        return render_to_string("components/later.html", {"url": url, "label": self.more, "icon_name": self.icon})

    def answer(self, request: HttpRequest, subject: S, column: Column) -> HttpResponse:
        """The later panels of a column: the partial for htmx; without a script a page of them."""
        panels = self.written(request, subject, column, later=True)
        if getattr(request, "htmx", False):
            return HttpResponse(format_html_join("", "{}", ((panel,) for panel in panels)))
        context = {
            "panels": [panel for panel in panels if panel.strip()],
            "page_title": self.title(subject),
            "back_url": reverse(self.url_name, args=[self.key(subject)]),
            "back_label": self.called(subject),
            "more": self.more,
            "nothing": self.nothing,
        }
        return render(request, "shell/panels_later.html", context)


def _viewer(request: HttpRequest) -> Viewer:
    """Whoever asks: these pages let in only members of staff, who have rights."""
    return cast(Viewer, request.user)
