from django.urls import path

from halkhata.doors.portal.views import complaint, survey

app_name = "portal"
urlpatterns = [
    path("complaint/", complaint.complaint, name="complaint"),
    path("complaint/thanks/<str:token>/", complaint.thanks, name="thanks"),
    path("embed/complaint/", complaint.embedded_complaint, name="embedded_complaint"),
    path("embed/complaint/thanks/<str:token>/", complaint.embedded_thanks, name="embedded_thanks"),
    path("s/<str:token>/", survey.survey, name="survey"),
]
