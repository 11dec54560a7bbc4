from django.urls import URLPattern, path

from halkhata.foundation.backups.views import pages

app_name = "backups"
urlpatterns: list[URLPattern] = [
    path("", pages.settings, name="settings"),
    path("begin/", pages.begin, name="begin"),
    path("key/", pages.key, name="key"),
    path("key/kept/", pages.key_kept, name="key_kept"),
]
