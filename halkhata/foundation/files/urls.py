from django.urls import path

from halkhata.foundation.files import views

app_name = "files"
urlpatterns = [
    path("<int:pk>/thumbnail/", views.thumbnail, name="thumbnail"),
    path("<int:pk>/<str:name>", views.download, name="download"),
]
