from django.urls import URLPattern, path, re_path

from halkhata.doors.api import reading
from halkhata.doors.api.api import api
from halkhata.doors.api.pipeline import outermost

ninja_patterns, ninja_app, ninja_namespace = api.urls
for _pattern in ninja_patterns:
    assert isinstance(_pattern, URLPattern)
    _pattern.callback = outermost(_pattern.callback)
urlpatterns = [
    path("v1/docs", reading.docs, name="api_docs"),
    path("v1/problems/", reading.problems_page, name="api_problems"),
    path("v1/problems/<slug:code>", reading.problem_page, name="api_problem"),
    path("v1/", (ninja_patterns, ninja_app, ninja_namespace)),
    re_path(r"^", outermost(reading.nowhere)),
]
