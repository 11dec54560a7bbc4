"""Addresses of chat."""

from django.urls import path

from halkhata.engines.chat.views import accounts, compose, hooks, people

app_name = "chat"
urlpatterns = [
    path("hooks/<slug:key>/", hooks.hook, name="hook"),
    path("about/", compose.about, name="about"),
    path("item/<str:number>/<int:pk>/window/", compose.window, name="window"),
    path("item/<str:number>/<int:pk>/send/", compose.send, name="send"),
    path("item/<str:number>/<int:pk>/template/", compose.template, name="template_send"),
    path("messages/<int:pk>/", compose.delivery, name="delivery"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/join/", people.person_join, name="person_join"),
    path("people/<int:pk>/part/", people.person_unjoin, name="person_unjoin"),
    path("settings/", accounts.accounts, name="accounts"),
    path("settings/new/", accounts.account_new, name="account_new"),
    path("settings/events/", accounts.events, name="events"),
    path("settings/events/<int:pk>/again/", accounts.event_again, name="event_again"),
    path("settings/texts/<int:pk>/", accounts.template_edit, name="template"),
    path("settings/<int:pk>/", accounts.account, name="account"),
    path("settings/<int:pk>/test/", accounts.account_test, name="account_test"),
    path("settings/<int:pk>/address/", accounts.account_word, name="account_word"),
    path("settings/<int:pk>/texts/", accounts.templates, name="templates"),
    path("settings/<int:pk>/texts/read/", accounts.templates_sync, name="templates_sync"),
]
