"""Apart from web.urls, because ``set_language`` is a name without a namespace, as templates everywhere expect it."""

from django.urls import path

from halkhata.doors.web.views.language import set_language

urlpatterns = [path("", set_language, name="set_language")]
