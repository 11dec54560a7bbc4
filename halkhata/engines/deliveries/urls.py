"""Addresses of this app."""

from django.urls import URLPattern

app_name = "deliveries"
urlpatterns: list[URLPattern] = []
