from django.urls import path

from halkhata.foundation.accounts.views import (
    branches,
    profile,
    roles,
    setup,
    setup_gate,
    shop,
    sign_in,
    staff,
    teams,
    tokens,
)

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="login"),
    path("sign-out/", sign_in.sign_out, name="logout"),
    path("setup/", setup.begin, name="setup"),
    path("setup/code/", setup_gate.ask_code, name="setup_code"),
    path("setup/<slug:step>/", setup.answer, name="setup_step"),
    path("start/", setup.choose_data, name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/password/", profile.password, name="password"),
    path("settings/shop/", shop.shop, name="shop"),
    path("settings/users/", staff.listing, name="users"),
    path("settings/users/new/", staff.new, name="user_new"),
    path("settings/users/<int:pk>/", staff.edit, name="user_edit"),
    path("settings/users/<int:pk>/leave/", staff.leave, name="user_leave"),
    path("settings/users/<int:pk>/return/", staff.come_back, name="user_return"),
    path("settings/users/<int:pk>/password/", staff.password, name="user_password"),
    path("settings/roles/", roles.listing, name="roles"),
    path("settings/roles/new/", roles.new, name="role_new"),
    path("settings/roles/<int:pk>/", roles.edit, name="role_edit"),
    path("settings/branches/", branches.listing, name="branches"),
    path("settings/branches/new/", branches.new, name="branch_new"),
    path("settings/branches/<int:pk>/", branches.edit, name="branch_edit"),
    path("settings/teams/", teams.listing, name="teams"),
    path("settings/teams/new/", teams.new, name="team_new"),
    path("settings/teams/<int:pk>/", teams.edit, name="team_edit"),
    path("settings/tokens/", tokens.listing, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
]
