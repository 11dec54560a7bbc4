from django.urls import path

from halkhata.engines.segments.views import listing, members, writing

app_name = "segments"
urlpatterns = [
    path("", listing.segment_list, name="list"),
    path("new/", writing.segment_new, name="new"),
    path("conditions/", writing.segment_conditions, name="conditions"),
    path("<int:pk>/", members.segment_detail, name="detail"),
    path("<int:pk>/edit/", writing.segment_edit, name="edit"),
    path("<int:pk>/delete/", writing.segment_delete, name="delete"),
]
