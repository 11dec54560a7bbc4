from django.urls import path

from halkhata.oversight.quality.views import guide, scores

app_name = "quality"
urlpatterns = [
    path("", scores.board, name="board"),
    path("draw/", scores.draw, name="draw"),
    path("mine/", scores.mine, name="mine"),
    path("report/", scores.report_page, name="report"),
    path("guide/", guide.guide, name="guide"),
    path("settings/guide/", guide.guide_edit, name="guide_edit"),
    path("settings/rubric/", guide.rubric_edit, name="rubric"),
    path("<int:pk>/", scores.sample, name="sample"),
    path("<int:pk>/score/", scores.give, name="score"),
    path("<int:pk>/objection/", scores.object_to, name="dispute"),
    path("<int:pk>/answer/", scores.answer, name="answer"),
]
