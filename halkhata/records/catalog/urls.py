"""Addresses of this app."""

from django.urls import URLPattern, path

from halkhata.records.catalog.views import changing, sale, sales, settings, unit, units

app_name = "catalog"
urlpatterns: list[URLPattern] = [
    path("", units.unit_list, name="units"),
    path("sale/", sale.sale_new, name="sale_new"),
    path("sale/fields/", sale.sale_fields, name="sale_fields"),
    path("sale/customer/", sale.sale_customer, name="sale_customer"),
    path("sales/", units.sales_list, name="sales"),
    path("sales/<str:number>/", sales.sale_detail, name="sale"),
    path("sales/<str:number>/reverse/", sales.sale_reverse, name="sale_reverse"),
    path("settings/products/", settings.products, name="products"),
    path("settings/products/new/", settings.product, name="product_new"),
    path("settings/products/<int:pk>/", settings.product, name="product"),
    path("settings/brands/<slug:code>/", settings.brand, name="brand"),
    path("settings/prices/", settings.prices, name="prices"),
    path("settings/prices/<slug:code>/", settings.price_list, name="price_list"),
    path("settings/prices/<slug:code>/edit/", settings.price_list_edit, name="price_list_edit"),
    path("settings/kinds/", settings.kinds, name="kinds"),
    path("settings/kinds/<slug:code>/", settings.kind, name="kind"),
    path("<str:number>/", unit.unit_detail, name="unit"),
    path("<str:number>/life/", unit.unit_life, name="life"),
    path("<str:number>/panels/main/", unit.unit_panels_later, {"column": "main"}, name="panels_main"),
    path("<str:number>/panels/side/", unit.unit_panels_later, {"column": "side"}, name="panels_side"),
    path("<str:number>/reading/", changing.unit_reading, name="reading"),
    path("<str:number>/transfer/", changing.unit_transfer, name="transfer"),
    path("<str:number>/edit/", changing.unit_edit, name="edit"),
]
