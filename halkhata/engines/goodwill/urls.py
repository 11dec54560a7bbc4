"""Addresses of goodwill."""

from django.urls import path

from halkhata.engines.goodwill.views import asking, settings

app_name = "goodwill"
urlpatterns = [
    path("", asking.listing, name="list"),
    path("new/", asking.new, name="new"),
    path("limits/", settings.limits, name="limits"),
    path("<int:pk>/", asking.detail, name="detail"),
]
