"""The list of reports: of every app, each for whoever may open it."""

import pytest
from django.urls import reverse

from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


def test_reports_of_every_desk_stand_in_one_list_for_whoever_may_open_them(shop, client_as):
    rights = ["report.view", "return.view", "job.view"]
    reader = make_user(
        "reader", branch=shop.branch, role=make_role("reader", level=3, scope="branch", permissions=rights)
    )
    client = client_as(reader)
    html = client.get(reverse("analytics:index")).content.decode()
    for name in ("analytics:promises", "service:turnaround", "returns:numbers"):
        assert f'href="{reverse(name)}"' in html
        assert client.get(reverse(name)).status_code == 200
    for name in ("claims:numbers", "disputes:consistency", "quality:report"):
        assert f'href="{reverse(name)}"' not in html
        assert client.get(reverse(name)).status_code == 403
