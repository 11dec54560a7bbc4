"""Pages made of panels: who sees which, where the later ones come in, as a partial and as a page of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from config.urls import urlpatterns as all_pages
from halkhata.foundation.core import panels as panels_module
from halkhata.foundation.core.panels import COLUMNS, Column, Panel, PanelPage
from halkhata.foundation.core.registry import Registry

# A page of panels that exists for tests only, beside all others.
shelves: Registry[Panel["Shelf"]] = Registry("shelves")


@dataclass
class Shelf:
    """What the page is about."""

    code: str


@dataclass
class Reader:
    """Somebody with these rights; ``asked`` is what panels wanted to know."""

    rights: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def may(self, permission: str) -> bool:
        self.asked.append(permission)
        return permission in self.rights


PAGE = PanelPage(
    panels=shelves, name="shelf", key=lambda shelf: shelf.code, url_name="shelves:shelf",
    later_url_name="shelves:panels", title=lambda shelf: f"Shelf {shelf.code}",
    called=lambda shelf: f"Back to <{shelf.code}>", more=_("Show"), nothing="Nothing lies here.",
)  # fmt: skip


def whole(request: HttpRequest, code: str) -> HttpResponse:
    found = PAGE.columns(request, Shelf(code))
    return HttpResponse("".join(f"{name}: {value}\n" for name, value in found.items()))


def later(request: HttpRequest, code: str, column: Column) -> HttpResponse:
    return PAGE.answer(request, Shelf(code), column)


own_pages = [
    path("<str:code>/", whole, name="shelf"),
    path("<str:code>/panels/main/", later, {"column": "main"}, name="panels_main"),
    path("<str:code>/panels/side/", later, {"column": "side"}, name="panels_side"),
]
urlpatterns = [path("shelves/", include((own_pages, "shelves"))), *all_pages]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def no_panels() -> Iterator[None]:
    shelves._entries.clear()
    yield
    shelves._entries.clear()


def put(name: str, order: int = 10, **values: Any) -> Panel[Shelf]:
    """A panel that says its name and the subject's code."""

    def context(user: Any, shelf: Shelf) -> dict[str, Any]:
        return {"label": name, "value": shelf.code}

    given = {"template": "components/stat.html", "context": context, **values}
    return shelves.register(name, Panel(order=order, **given))


def asking(reader: Reader, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.user = reader
    request.htmx = bool(headers)
    return request


def texts(written: list[str]) -> list[str]:
    return [" ".join(BeautifulSoup(one, "html.parser").get_text(" ").split()) for one in written]


def test_panels_of_a_column_stand_in_order_and_later_ones_apart() -> None:
    put("third", 30)
    put("first", 10)
    put("second", 20)
    put("aside", 1, column="side")
    put("after", 1, later=True)
    request, shelf = asking(Reader()), Shelf("A7")
    assert texts(PAGE.written(request, shelf, "main")) == ["first A7", "second A7", "third A7"]
    assert texts(PAGE.written(request, shelf, "side")) == ["aside A7"]
    assert texts(PAGE.written(request, shelf, "main", later=True)) == ["after A7"]
    assert PAGE.written(request, shelf, "side", later=True) == []


@pytest.mark.parametrize("is_later", [False, True])
def test_panel_that_the_reader_may_not_see_is_not_even_asked(is_later: bool) -> None:
    def never(user: Any, shelf: Shelf) -> dict[str, Any]:
        raise AssertionError("asked for nobody")

    put("secret", context=never, permission="audit.view", later=is_later)
    put("open", later=is_later)
    reader = Reader(rights=("unit.view",))
    assert texts(PAGE.written(asking(reader), Shelf("A7"), "main", later=is_later)) == ["open A7"]
    assert reader.asked == ["audit.view"]
    with pytest.raises(AssertionError, match="asked for nobody"):
        PAGE.written(asking(Reader(rights=("audit.view",))), Shelf("A7"), "main", later=is_later)


def test_template_gets_the_subject_by_its_name_and_what_forms_need(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(panels_module, "render_to_string", lambda template, context: given.append(context) or "")
    put("one", context=lambda user, shelf: {"user": "its own", "shown": 1})
    shelf, request = Shelf("A7"), asking(Reader())
    PAGE.written(request, shelf, "main")
    (context,) = given
    assert context.pop("csrf_token")
    assert context == {"shelf": shelf, "request": request, "user": "its own", "shown": 1}


def test_page_holds_its_panels_and_a_card_that_fetches_the_later_ones() -> None:
    put("near")
    put("far", column="side", later=True)
    found = PAGE.columns(asking(Reader()), Shelf("A7"))
    assert list(found) == ["main_panels", "main_later", "side_panels", "side_later"]
    assert (texts(found["main_panels"]), found["side_panels"], found["main_later"]) == (["near A7"], [], "")
    (card,) = BeautifulSoup(found["side_later"], "html.parser").find_all("section")
    assert card["class"] == ["card", "hk-later"]
    address = "/shelves/A7/panels/side/"
    assert (card["hx-get"], card["hx-trigger"], card["hx-swap"]) == (address, "load", "outerHTML")
    assert card.select_one("noscript a")["href"] == address
    assert card.select_one(".card-body > p").get_text() == "Show"
    assert card.select(".card-header") == []


def test_card_with_an_icon_has_a_head() -> None:
    put("far", later=True)
    page = replace(PAGE, icon="dots", more="More & more")
    card = BeautifulSoup(page.waiting(Reader(), Shelf("A7"), "main"), "html.parser")
    assert card.select_one(".card-header .card-title").get_text() == "More & more"
    assert card.select(".card-body > p") == []


def test_reader_without_a_later_panel_gets_no_card() -> None:
    put("far", later=True, permission="audit.view")
    assert [PAGE.waiting(Reader(), Shelf("A7"), column) for column in COLUMNS] == ["", ""]
    assert PAGE.waiting(Reader(rights=("audit.view",)), Shelf("A7"), "main") != ""
    answer = PAGE.answer(asking(Reader(), hx_request="true"), Shelf("A7"), "main")
    assert (answer.status_code, answer.content) == (200, b"")


def test_htmx_gets_the_panels_alone() -> None:
    put("one", 1, later=True)
    put("two", 2, later=True)
    answer = PAGE.answer(asking(Reader(), hx_request="true"), Shelf("<A>"), "main").content.decode()
    assert texts([answer]) == ["one <A> two <A>"]
    assert "<A>" not in answer
    assert "<html" not in answer


def test_without_a_script_the_same_address_is_a_page_with_a_way_back(shop: Any, client_as: Any) -> None:
    put("one", later=True)
    put("empty", later=True, template="components/form_errors.html", context=lambda user, shelf: {})
    client: Client = client_as(shop.agent)
    answer = client.get("/shelves/A7/panels/main/")
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.title.get_text().startswith("Shelf A7 · ")
    back = page.select_one(".hk-head-back")
    assert (back["href"], back.get_text()) == ("/shelves/A7/", "Back to <A7>")
    assert page.h1.get_text() == "Show"
    assert texts(answer.context["panels"]) == ["one A7"]
    assert "one A7" in texts([str(page.main)])[0]
    assert "Nothing lies here." not in str(page)
    bare = client.get("/shelves/A7/panels/side/")
    assert "Nothing lies here." in bare.content.decode()
    assert client.get("/shelves/A7/panels/main/", headers={"HX-Request": "true"}).content.count(b"<html") == 0


def test_page_asks_each_panel_once_whatever_its_column(shop: Any, client_as: Any) -> None:
    asked: list[str] = []

    def context(name: str) -> Any:
        return lambda user, shelf: asked.append(f"{name} {user.username}") or {"label": name, "value": 1}

    for column in COLUMNS:
        put(f"{column} now", column=column, context=context(f"{column} now"))
        put(f"{column} later", column=column, later=True, context=context(f"{column} later"))
    page = client_as(shop.agent).get("/shelves/A7/").content.decode()
    assert asked == ["main now rafi", "side now rafi"]
    assert page.count("hk-later") == 2
