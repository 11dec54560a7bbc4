"""Addresses of this app."""

from django.urls import URLPattern

app_name = "warranty"
urlpatterns: list[URLPattern] = []
