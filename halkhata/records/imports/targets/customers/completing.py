"""Rows complete the customers who are there, and what was there is noted for the undo."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbox import publish_all
from halkhata.foundation.fields.kinds import plain
from halkhata.foundation.fields.selectors.values import read_values
from halkhata.records.customers.events import CustomerChanged
from halkhata.records.customers.models import Activity, Address, ContactPoint, Customer, ExternalId
from halkhata.records.customers.services.search_index import index_customers
from halkhata.records.imports.choices import KnownRule, Outcome
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.registry import Verdict, Written
from halkhata.records.imports.targets.customers.firms import Firms
from halkhata.records.imports.targets.customers.own_fields import TARGET as FIELDS_OF
from halkhata.records.imports.targets.customers.own_fields import complete_own
from halkhata.records.imports.targets.customers.reading import MODEL, CustomerLine
from halkhata.records.imports.targets.customers.rows import home_row, place_codes, point_rows
from halkhata.records.imports.targets.customers.tags import Tags

FIELDS = ("name_bn", "name_en", "honorific", "organization_role", "note")
COMPLETED = "customer.completed"


class CustomerCompleter:
    """Completes for one import, by its rule: fill in what is missing, or take what the file says."""

    def __init__(
        self,
        run: ImportRun,
        actor: Any,
        system: str,
        firms: Firms,
        tags: Tags,
        branch_of: Callable[[CustomerLine], Branch],
    ) -> None:
        self.run, self.actor, self.system, self.firms, self.tags = run, actor, system, firms, tags
        self.branch_of = branch_of
        self.known_rule = run.options.get("known", KnownRule.FILL)

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Complete the customers that these rows mean."""
        ids = sorted({verdict.record_id for verdict in verdicts if verdict.record_id is not None})
        people = {
            one.pk: one
            for one in Customer.objects.select_for_update(of=("self",))
            .select_related("branch")
            .prefetch_related("contact_points", "addresses")
            .filter(pk__in=ids)
            .order_by("pk")
        }
        at = now()
        written: list[Written] = []
        changed: list[Customer] = []
        entries, events = [], []
        for verdict in verdicts:
            pk = verdict.record_id or 0
            customer = people.get(pk)
            image = self._complete_one(customer, verdict, at, written) if customer is not None else None
            if customer is None or image is None:
                written.append(Written(verdict.row.number, MODEL, pk, None))
                continue
            if customer not in changed:
                changed.append(customer)
            names = list(image["fields"])
            names += ["address"] if image["home"] else []
            names += ["contacts"] if image["points"] else []
            names += ["tags"] if image["tags"] else []
            entries.append(
                trail.entry_for(
                    actor=self.actor, action="customer.import", record=customer,
                    before={name: old for name, (old, _new) in image["fields"].items()},
                    after={name: new for name, (_old, new) in image["fields"].items()} | {"changed": names},
                    note=f"import {self.run.pk}, row {verdict.row.number}",
                )
            )  # fmt: skip
            events.append(CustomerChanged(customer_id=customer.pk, fields=tuple(names)))
            written.append(Written(verdict.row.number, MODEL, pk, Outcome.CHANGED, verdict.row.line_hash, before=image))
        if changed:
            index_customers(changed)
            trail.write_entries(entries)
            publish_all(events)
        return written

    def _complete_one(
        self, customer: Customer, verdict: Verdict, at: datetime, written: list[Written]
    ) -> dict[str, Any] | None:
        """Put what is new into the record. Returns what was and what is, for the undo; None when nothing is new."""
        line: CustomerLine = verdict.row.record
        over = self.known_rule == KnownRule.OVERWRITE
        fields: dict[str, list[Any]] = {}
        for name in FIELDS:
            new, old = getattr(line, name), getattr(customer, name)
            if new and new != old and (over or not old):
                fields[name] = [old, new]
        if over and line.language and line.language != customer.language:
            fields["language"] = [customer.language, line.language]
        if line.organization and (over or customer.organization_id is None):
            wanted = self.firms.find(line.organization, self.branch_of(line), verdict.row.number, written)
            if wanted != customer.organization_id:
                fields["organization_id"] = [customer.organization_id, wanted]
        home = self._complete_home(customer, line, over)
        points = self._add_points(customer, line, at)
        external = self._add_external(customer, line, at)
        own: dict[str, Any] = {}
        if line.own:
            known = read_values(FIELDS_OF, [customer.pk])[customer.pk]
            own = {code: plain(known.get(code)) for code in complete_own(self.actor, customer, line.own, known, over)}
        tags = self.tags.add(customer.pk, line.tags, at) if line.tags else {}
        if not (fields or home or points or external or own or tags):
            return None
        image: dict[str, Any] = {
            "fields": fields, "home": home, "points": points, "external": external, "own": own,
            "tags": tags,
            "version": customer.version, "updated_at": customer.updated_at.isoformat(),
        }  # fmt: skip
        for name, (_old, new) in fields.items():
            setattr(customer, name, new)
        customer.version += 1
        # Two changes at one moment would look like one to the undo.
        customer.updated_at = at
        customer.save(update_fields=[*fields, "version", "updated_at"])
        image["after_version"] = customer.version
        activity = Activity.objects.create(
            customer=customer, at=at, verb=COMPLETED, actor_label=self.actor.audit_label[:150],
            data={"file": self.run.file_name[:120], "row": verdict.row.number, "run": self.run.pk},
        )  # fmt: skip
        image["activity"] = activity.pk
        return image

    def _complete_home(self, customer: Customer, line: CustomerLine, over: bool) -> dict[str, Any]:
        if not line.address:
            return {}
        home = min(customer.addresses.all(), key=lambda one: one.pk, default=None)
        if home is None:
            made = Address.objects.create(**home_row(customer.pk, line, customer.branch or self.run.branch))
            return {"made": made.pk}
        changes = {
            name: [getattr(home, name), new]
            for name, new in line.address.items()
            if new != getattr(home, name) and (over or not getattr(home, name))
        }
        if not changes:
            return {}
        for name, (_old, new) in changes.items():
            setattr(home, name, new)
        for name, new in place_codes(home.country, {"district": home.district, "upazila": home.upazila}).items():
            if new != getattr(home, name):
                changes[name] = [getattr(home, name), new]
                setattr(home, name, new)
        home.save(update_fields=list(changes))
        return {"changed": home.pk, "fields": changes}

    def _add_points(self, customer: Customer, line: CustomerLine, at: datetime) -> list[int]:
        there = list(customer.contact_points.all())
        known = {(point.kind, point.value) for point in there}
        new = [contact for contact in line.contacts if (str(contact.kind), contact.value) not in known]
        if not new:
            return []
        kinds = {point.kind for point in there if point.is_primary}
        owned = set(
            ContactPoint.objects.filter(
                value__in=[contact.value for contact in new], is_owner=True, customer__isnull=False
            ).values_list("value", flat=True)
        )
        made = [
            ContactPoint(**{**values, "is_owner": values["value"] not in owned})
            for values in point_rows(customer.pk, new, at, kinds, False)
        ]
        return [point.pk for point in ContactPoint.objects.bulk_create(made)]

    def _add_external(self, customer: Customer, line: CustomerLine, at: datetime) -> list[int]:
        if not line.external_key:
            return []
        made, is_new = ExternalId.objects.get_or_create(
            system=self.system, key=line.external_key,
            defaults={"customer": customer, "value": line.external_id, "created_at": at},
        )  # fmt: skip
        return [made.pk] if is_new else []
