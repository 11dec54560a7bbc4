"""Addresses of this app."""

from django.urls import URLPattern

app_name = "goodwill"
urlpatterns: list[URLPattern] = []
