"""Categories of tickets: the same for the whole install."""

from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema

from halkhata.desks.tickets.models import Category
from halkhata.doors.api.auth import KeyRequest
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.shapes import IdPath, PageOut, listed, listing, read

router = Router(tags=["categories"])
ORDERS = {"id": Order(column="pk")}


class CategoryOut(Schema):
    """What tickets are about. `code` is what tickets name it by; `parent_id` what it is part of."""

    id: int
    code: str
    name_bn: str
    name_en: str
    team_id: int | None
    parent_id: int | None


class CategoryPage(PageOut):
    """A page of categories."""

    items: list[CategoryOut]


class CategoryFilters(Page):
    """Which part of the list."""

    order: Literal["id"] = "id"


@router.get("", response=listing(CategoryPage), summary="List categories")
def list_categories(request: KeyRequest, filters: Query[CategoryFilters]) -> dict[str, Any]:
    """The categories in use. Any valid key may ask."""
    rows = Category.objects.filter(is_active=True)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), category_out)


@router.get("/{category_id}", response=read(CategoryOut), summary="Show a category")
def show_category(request: KeyRequest, category_id: IdPath) -> dict[str, Any]:
    """One category."""
    category = Category.objects.filter(pk=category_id, is_active=True).first()
    if category is None:
        raise Http404
    return category_out(category)


def category_out(category: Category) -> dict[str, Any]:
    """The category as it is answered."""
    return {name: getattr(category, name) for name in ("id", "code", "name_bn", "name_en", "team_id", "parent_id")}
