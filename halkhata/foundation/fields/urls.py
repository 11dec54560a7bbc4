from django.urls import path

from halkhata.foundation.fields.views import definitions, layouts, rules, tags

app_name = "fields"
urlpatterns = [
    path("", definitions.start, name="start"),
    path("<slug:target>/", definitions.fields, name="fields"),
    path("<slug:target>/layout/", layouts.layout, name="layout"),
    path("<slug:target>/rules/", rules.rules, name="rules"),
    path("<slug:target>/rules/new/", rules.rule_new, name="rule_new"),
    path("<slug:target>/rules/conditions/", rules.rule_conditions, name="rule_conditions"),
    path("<slug:target>/rules/<int:pk>/", rules.rule_edit, name="rule"),
    path("<slug:target>/rules/<int:pk>/delete/", rules.rule_delete, name="rule_delete"),
    path("<slug:target>/tags/", tags.tags, name="tags"),
    path("<slug:target>/tags/<int:pk>/", tags.tag, name="tag"),
    path("<slug:target>/field/<slug:code>/", definitions.field, name="field"),
    path("<slug:target>/field/<slug:code>/delete/", definitions.field_delete, name="field_delete"),
]
