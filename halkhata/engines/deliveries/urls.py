"""Addresses of promised dates."""

from django.urls import path

from halkhata.engines.deliveries import views

app_name = "deliveries"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/kept/", views.kept, name="kept"),
]
