"""Addresses of this app."""

from django.urls import path

from halkhata.records.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.listing, name="balances"),
    path("returned/", views.returned, name="returned"),
    path("movements/", views.movements, name="movements"),
]
