"""Addresses of this app."""

from django.urls import path

from halkhata.records.warranty.views import bulk, card, check, coupons, covers, flags, policies, registrations

app_name = "warranty"
urlpatterns = [
    path("", check.check_page, name="check"),
    path("line/", check.line, name="line"),
    path("card/", card.card, name="card"),
    path("register/", registrations.register, name="register"),
    path("register/list/", bulk.bulk, name="bulk"),
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/<str:number>/", registrations.registration, name="registration"),
    path("registrations/<str:number>/verify/", registrations.verify, name="verify"),
    path("registrations/<str:number>/reject/", registrations.reject, name="reject"),
    path("covers/<int:pk>/void/", covers.void, name="void"),
    path("units/<str:number>/begin/", covers.begin, name="begin"),
    path("units/<str:number>/extend/", covers.extend, name="extend"),
    path("coupons/", coupons.coupons, name="coupons"),
    path("coupons/sheet/", coupons.sheet, name="sheet"),
    path("coupons/<int:pk>/use/", coupons.use, name="use_coupon"),
    path("flags/", flags.flags, name="flags"),
    path("flags/<int:pk>/clear/", flags.clear, name="clear_flag"),
    path("terms/", policies.policies, name="policies"),
    path("terms/<slug:code>/", policies.policy, name="policy"),
    path("terms/<slug:code>/rest/", policies.rest, name="rest_policy"),
]
