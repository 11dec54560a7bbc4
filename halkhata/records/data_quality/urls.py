from django.urls import URLPattern, path

from halkhata.records.data_quality.views import pages, rules

app_name = "data_quality"
urlpatterns: list[URLPattern] = [
    path("", pages.overview, name="overview"),
    path("stale/", pages.stale, name="stale"),
    path("gaps/", pages.gaps, name="gaps"),
    path("proposals/", pages.proposals, name="proposals"),
    path("proposals/all/", pages.take_every, name="take_all"),
    path("proposals/<int:pk>/", pages.decide, name="decide"),
    path("audit/", pages.audit, name="audit"),
    path("audit/<int:pk>/", pages.audit_end, name="audit_end"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/conditions/", rules.rule_conditions, name="rule_conditions"),
    path("rules/<int:pk>/", rules.rule_edit, name="rule"),
    path("rules/<int:pk>/delete/", rules.rule_delete, name="rule_delete"),
]
