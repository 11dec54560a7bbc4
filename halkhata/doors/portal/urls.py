from django.urls import path

from halkhata.doors.portal.views import (
    complaint,
    follow,
    own_data,
    poster,
    preferences,
    standards,
    survey,
    ticket,
)

app_name = "portal"
urlpatterns = [
    path("", follow.entry, name="entry"),
    path("follow/", follow.follow, name="follow"),
    path("follow/code/", follow.code, name="code"),
    path("follow/code/again/", follow.again, name="again"),
    path("follow/end/", follow.leave, name="leave"),
    path("data/", own_data.own_data, name="own_data"),
    path("data/enter/", own_data.enter, name="own_data_enter"),
    path("data/copy/", own_data.copy, name="own_copy"),
    path("data/consents/", own_data.consents, name="own_consents"),
    path("t/<str:number>/", ticket.ticket, name="ticket"),
    path("t/<str:number>/message/", ticket.message, name="message"),
    path("t/<str:number>/survey/", ticket.survey, name="ticket_survey"),
    path("t/<str:number>/file/<int:pk>/", ticket.file, name="file"),
    path("poster/", poster.poster, name="poster"),
    path("complaint/", complaint.complaint, name="complaint"),
    path("complaint/thanks/<str:token>/", complaint.thanks, name="thanks"),
    path("embed/complaint/", complaint.embedded_complaint, name="embedded_complaint"),
    path("embed/complaint/thanks/<str:token>/", complaint.embedded_thanks, name="embedded_thanks"),
    path("standards/", standards.standards, name="standards"),
    path("standards/<int:number>/", standards.standards_version, name="standards_version"),
    path("stop/", preferences.stop, name="stop"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("confirm/<str:token>/", preferences.confirm, name="confirm_consent"),
    path("s/<str:token>/", survey.survey, name="survey"),
]
