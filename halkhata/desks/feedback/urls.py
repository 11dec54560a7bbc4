from django.urls import path

from halkhata.desks.feedback.views.answers import answers

app_name = "feedback"
urlpatterns = [path("", answers, name="answers")]
