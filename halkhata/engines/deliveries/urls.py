"""Addresses of promised dates."""

from django.urls import path

from halkhata.engines.deliveries import courier_views, parcel_views, views

app_name = "deliveries"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("parcels/", parcel_views.parcels, name="parcels"),
    path("parcels/new/", parcel_views.parcel_new, name="parcel_new"),
    path("parcels/about/", parcel_views.about, name="parcels_about"),
    path("parcels/<int:pk>/", parcel_views.parcel, name="parcel"),
    path("parcels/<int:pk>/event/", parcel_views.parcel_event, name="parcel_event"),
    path("couriers/", courier_views.couriers, name="couriers"),
    path("couriers/new/", courier_views.courier_edit, name="courier_new"),
    path("couriers/waiting/", courier_views.waiting, name="courier_messages"),
    path("couriers/waiting/<int:pk>/again/", courier_views.message_again, name="courier_message_again"),
    path("couriers/waiting/<int:pk>/drop/", courier_views.message_drop, name="courier_message_drop"),
    path("couriers/<int:pk>/", courier_views.courier_edit, name="courier"),
    path("couriers/<int:pk>/secret/", courier_views.courier_secret, name="courier_secret"),
    path("couriers/<int:pk>/file/", courier_views.courier_file, name="courier_file"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/kept/", views.kept, name="kept"),
]
