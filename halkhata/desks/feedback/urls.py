from django.urls import path

from halkhata.desks.feedback.views.answers import answers
from halkhata.desks.feedback.views.by_hand import score
from halkhata.desks.feedback.views.survey_settings import preview, survey_settings

app_name = "feedback"
urlpatterns = [
    path("", answers, name="answers"),
    path("score/", score, name="score"),
    path("settings/", survey_settings, name="settings"),
    path("settings/preview/", preview, name="preview"),
]
