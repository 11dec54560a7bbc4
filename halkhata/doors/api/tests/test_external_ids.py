"""Ids of other systems through the API: what an integration needs to keep two books in step."""


def test_id_is_added_found_shown_and_removed(key, here, is_problem):
    api = key()
    path = f"/customers/{here.customer.pk}/external-ids"
    made = api.post(path, {"system": "Courier", "value": "C-1042"})
    assert (made.status_code, made.json()["system"]) == (201, "courier"), made.content
    one = f"{path}/{made.json()['id']}"
    assert made["Location"] == f"/api/v1{one}"
    assert api.get(one).json() == made.json()
    assert api.get(path).json()["items"] == [made.json()]
    found = api.get("/customers/by-external-id?system=courier&value=c%201042")
    assert found.json() == {"customer_id": here.customer.pk}
    assert api.delete(one).status_code == 204
    is_problem(api.get(one), 404, "not_found")
    is_problem(api.get("/customers/by-external-id?system=courier&value=C-1042"), 404, "not_found")


def test_id_of_another_customer_is_refused(key, here, shop, is_problem):
    from halkhata.records.customers.services.customers import create_customer
    from halkhata.records.customers.services.external_ids import add_external_id

    other = create_customer(actor=shop.agent, name_en="Other")
    theirs = add_external_id(actor=shop.agent, customer=other, system="courier", value="C-1")
    api = key()
    path = f"/customers/{here.customer.pk}/external-ids"
    is_problem(api.post(path, {"system": "courier", "value": "c1"}), 422, "external_id_taken")
    is_problem(api.get(f"{path}/{theirs.pk}"), 404, "not_found")
    is_problem(api.delete(f"{path}/{theirs.pk}"), 404, "not_found")
