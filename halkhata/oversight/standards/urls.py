from django.urls import URLPattern, path

from halkhata.oversight.standards.views import settings

app_name = "standards"
urlpatterns: list[URLPattern] = [
    path("", settings.settings, name="settings"),
    path("publish/", settings.publish, name="publish"),
    path("preview/", settings.preview, name="preview"),
]
