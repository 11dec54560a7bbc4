"""The description for programs is complete; the pages for people explain it and every code."""

import re

import pytest
from django.test import Client

from halkhata.doors.api.problem_words import COMMON, domain_codes
from halkhata.doors.api.tests.test_scope import ALL


@pytest.fixture
def schema(db):
    return Client().get("/api/v1/openapi.json").json()


def test_description_names_every_road_with_every_answer(schema):
    assert schema["openapi"].startswith("3.1")
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in schema["paths"].items()
        for method in operations
    }
    assert described == {(method, re.sub("{[a-z]+:", "{", path)) for method, path, _name in ALL}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"401", "403", "422", "429", "500", "503"} <= set(answers), path
            assert operation["security"] == [{"BearerKey": []}]
            assert operation["summary"]
            assert operation["description"]
            for status, answer in answers.items():
                if int(status) >= 400:
                    content = answer["content"]["application/problem+json"]
                    assert content["schema"]["$ref"].endswith("/Problem")
                    assert content["example"]["status"] == int(status)
            names = {one["name"] for one in operation["parameters"]}
            if method == "post":
                assert "Idempotency-Key" in names
            if method == "patch":
                assert {"428", "412"} <= set(answers)
                assert "If-Match" in names
            if method == "get" and not path.endswith("/content"):
                assert "304" in answers
    assert schema["components"]["securitySchemes"]["BearerKey"]["scheme"] == "bearer"
    for name, shape in schema["components"]["schemas"].items():
        if name.endswith(("In", "Patch")):
            assert shape["additionalProperties"] is False, name


def test_operation_ids_are_unique(schema):
    ids = [one["operationId"] for operations in schema["paths"].values() for one in operations.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", ["en", "bn"])
def test_page_shows_every_road_and_loads_nothing_from_elsewhere(shop, schema, language):
    page = Client().get("/api/v1/docs", headers={"accept-language": language})
    assert page.status_code == 200
    body = page.content.decode()
    for path in schema["paths"]:
        assert path in body
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', body)
    assert "<script>" not in body
    assert f'lang="{language}"' in body


@pytest.mark.parametrize("code", sorted(COMMON))
def test_every_code_of_the_api_has_its_page(shop, code):
    page = Client().get(f"/api/v1/problems/{code}", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert code in page.content.decode()


def test_rules_of_the_desks_have_their_pages_too_and_others_have_none(shop):
    codes = domain_codes()
    assert {"nothing_known", "possible_duplicate", "step_not_allowed", "not_told", "address_private"} <= set(codes)
    assert codes["step_not_allowed"][0] == 409
    client = Client()
    for code in ("possible_duplicate", "step_not_allowed", "not_told"):
        assert client.get(f"/api/v1/problems/{code}").status_code == 200
    assert client.get("/api/v1/problems/no_such_code").status_code == 404
    assert client.get("/api/v1/problems/").status_code == 200


def test_every_code_that_an_answer_can_carry_is_a_slug():
    for code in [*COMMON, *domain_codes()]:
        assert re.fullmatch(r"[a-z0-9_]+", code), code


def test_root_is_no_address_and_the_description_is_only_read(shop):
    client = Client()
    assert client.get("/api/v1/").json()["code"] == "not_found"
    for path in ("/api/v1/", "/api/v1/openapi.json"):
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_no_two_shapes_share_a_name(shop):
    """OpenAPI keeps shapes by name: of two with one name, one road would be described by the other's fields."""
    from importlib import import_module
    from pkgutil import walk_packages

    from ninja import Schema

    import halkhata.doors.api as door

    found: dict[str, set[str]] = {}
    for module in walk_packages(door.__path__, f"{door.__name__}."):
        if ".tests" in module.name or ".migrations" in module.name:
            continue
        for shape in vars(import_module(module.name)).values():
            if isinstance(shape, type) and issubclass(shape, Schema) and shape.__module__.startswith(door.__name__):
                found.setdefault(shape.__name__, set()).add(shape.__module__)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
    assert len(found) > 100


@pytest.mark.parametrize("typed", ["0", "1763856000", "2026-11", "২০২৬-১১-২২"])
def test_day_in_an_address_is_written_out(shop, key, typed):
    api = key(shop.owner, ["unit.view", "sale.record"])
    assert api.get(f"/purchases?bought_since={typed}").status_code == 422
    assert api.get("/purchases?bought_since=2026-11-22").status_code == 200
