from django.urls import path

from halkhata.oversight.webhooks.views import deliveries, endpoints

app_name = "webhooks"
urlpatterns = [
    path("", endpoints.listing, name="endpoints"),
    path("new/", endpoints.new, name="new"),
    path("<int:pk>/", endpoints.edit, name="endpoint"),
    path("<int:pk>/secret/", endpoints.rotate, name="rotate"),
    path("<int:pk>/remove/", endpoints.remove, name="remove"),
    path("<int:pk>/calls/", deliveries.listing, name="deliveries"),
    path("<int:pk>/calls/again/", deliveries.all_again, name="replay_all"),
    path("<int:pk>/calls/<int:delivery_id>/again/", deliveries.again, name="replay"),
]
