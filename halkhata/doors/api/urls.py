from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_GET

from halkhata.doors.api import calls, courier_news, reading
from halkhata.doors.api.api import api
from halkhata.doors.api.pipeline import outermost

ninja_patterns, ninja_app, ninja_namespace = api.urls
_NOT_OPERATIONS = {"openapi-json", "api-root"}
for _pattern in ninja_patterns:
    assert isinstance(_pattern, URLPattern)
    # Ninja's own views, the description and the root, would answer to any method.
    _view = require_GET(_pattern.callback) if _pattern.name in _NOT_OPERATIONS else _pattern.callback
    _pattern.callback = outermost(_view)
urlpatterns = [
    path("v1/calls/<slug:key>", outermost(calls.tell), name="api_calls"),
    path("v1/courier-news/<slug:key>", outermost(courier_news.tell), name="api_courier_news"),
    path("v1/docs", reading.docs, name="api_docs"),
    path("v1/problems/", reading.problems_page, name="api_problems"),
    path("v1/problems/<slug:code>", reading.problem_page, name="api_problem"),
    path("v1/", (ninja_patterns, ninja_app, ninja_namespace)),
    re_path(r"^", outermost(reading.nowhere), name="api_nowhere"),
]
