from django.urls import path
from ninja import NinjaAPI

from halkhata.doors.api import customers, problems, tickets
from halkhata.doors.api.auth import BearerKey

api = NinjaAPI(
    title="Halkhata",
    version="1",
    description="Customers and tickets for programs, with a key made in the settings.",
    auth=BearerKey(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
problems.install(api)
api.add_router("/tickets", tickets.router)
api.add_router("/customers", customers.router)
urlpatterns = [path("", api.urls)]
