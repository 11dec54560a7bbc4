from django.urls import URLPattern, URLResolver, path

from halkhata.records.customers.views import contacts, detail, listing, organizations, unmasking, writing

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", listing.customer_list, name="list"),
    path("new/", writing.customer_new, name="new"),
    path("<int:pk>/", detail.customer_detail, name="detail"),
    path("<int:pk>/edit/", writing.customer_edit, name="edit"),
    path("<int:pk>/unmask/", unmasking.unmask, name="unmask"),
    path("<int:pk>/timeline/", detail.customer_timeline, name="timeline"),
    path("<int:pk>/contacts/new/", contacts.contact_new, name="contact_new"),
    path("<int:pk>/contacts/<int:point_pk>/remove/", contacts.contact_remove, name="contact_remove"),
    path("<int:pk>/contacts/<int:point_pk>/primary/", contacts.contact_primary, name="contact_primary"),
    path("organizations/", organizations.organization_list, name="organizations"),
    path("organizations/new/", organizations.organization_new, name="organization_new"),
    path("organizations/<int:pk>/", organizations.organization_detail, name="organization"),
    path("organizations/<int:pk>/edit/", organizations.organization_edit, name="organization_edit"),
]
