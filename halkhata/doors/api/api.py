"""The API, put together from its resources."""

from ninja import NinjaAPI

from halkhata.doors.api import problems
from halkhata.doors.api.openapi import HalkhataApi
from halkhata.doors.api.pipeline import KEY, guard
from halkhata.doors.api.resources import (
    aftercare,
    bookings,
    branches,
    categories,
    claims,
    consents,
    contact_points,
    contact_stops,
    custom_fields,
    customer_merging,
    customers,
    data_requests,
    disputes,
    exports,
    external_ids,
    files,
    imports,
    jobs,
    message_texts,
    messages,
    parcels,
    products,
    purchases,
    queues,
    ready_answers,
    reports,
    returns,
    segments,
    staff,
    stock_movements,
    teams,
    ticket_merging,
    ticket_minutes,
    ticket_promises,
    ticket_steps,
    tickets,
    unit_warranty,
    units,
    webhooks,
)


def make_api() -> NinjaAPI:
    """The API with all its resources."""
    made = HalkhataApi(auth=KEY)
    problems.install(made)
    made.add_decorator(guard, mode="view")
    # Before the customers' own: "by-external-id" is no number of a customer.
    made.add_router("/customers", external_ids.router)
    made.add_router("/customers", customers.router)
    made.add_router("/customers", contact_points.router)
    made.add_router("/customers", customer_merging.router)
    made.add_router("/customers", consents.router)
    made.add_router("/customers", contact_stops.router)
    made.add_router("/consent-wordings", consents.wordings)
    made.add_router("/data-requests", data_requests.router)
    made.add_router("/imports", imports.router)
    made.add_router("/exports", exports.router)
    made.add_router("/tickets", tickets.router)
    made.add_router("/tickets", ticket_steps.router)
    made.add_router("/tickets", ticket_merging.router)
    made.add_router("/tickets", ticket_promises.router)
    made.add_router("/tickets", ticket_minutes.router)
    made.add_router("/tickets", messages.router)
    made.add_router("/tickets", files.of_tickets)
    made.add_router("/products", products.router)
    made.add_router("/units", units.router)
    made.add_router("/purchases", purchases.router)
    made.add_router("/files", files.router)
    made.add_router("/queues", queues.router)
    made.add_router("/reports", reports.router)
    made.add_router("/staff", staff.router)
    made.add_router("/branches", branches.router)
    made.add_router("/teams", teams.router)
    made.add_router("/categories", categories.router)
    made.add_router("/custom-fields", custom_fields.router)
    made.add_router("/segments", segments.router)
    made.add_router("/ready-answers", ready_answers.router)
    made.add_router("/message-texts", message_texts.router)
    made.add_router("/message-text-proposals", message_texts.proposals)
    made.add_router("/delay-reasons", ticket_promises.reasons)
    made.add_router("/units", unit_warranty.router)
    made.add_router("/returns", returns.router)
    made.add_router("/jobs", jobs.router)
    made.add_router("/bookings", bookings.router)
    made.add_router("/parcels", parcels.router)
    made.add_router("/couriers", parcels.couriers)
    made.add_router("/claims", claims.router)
    made.add_router("", aftercare.router)
    made.add_router("/stock-movements", stock_movements.router)
    made.add_router("/disputes", disputes.router)
    made.add_router("/webhooks", webhooks.router)
    return made


api = make_api()
