"""Papers that leave the house: they are made as the running server makes them, and bear the numbers of the plates."""

import io
import zipfile
from datetime import date

import pytest
from django.utils import translation

from halkhata.desks.claims.models import Dispatch
from halkhata.desks.claims.papers import dispatch_pdf, form_pdf, tags_pdf
from halkhata.desks.claims.services.editing import set_company_number
from halkhata.desks.claims.services.old_parts import send_parts
from halkhata.desks.claims.tests.conftest import draft, sent
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.printing.tests.support import missing


@pytest.mark.django_db(transaction=True)
def test_pack_is_made_with_no_transaction_around_it_and_its_taking_is_on_record(desk, client_as, fridge):
    claim = draft(desk, fridge)
    answer = client_as(desk.writer).get(f"/claims/{claim.number}/papers.zip")
    assert answer.status_code == 200
    pack = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert f"{claim.number}.pdf" in pack.namelist()
    entry = AuditEntry.objects.get(action="claim.pack")
    assert (entry.record_id, entry.actor_id, entry.after) == (str(claim.pk), desk.writer.pk, {"files": 1})


@pytest.mark.django_db
def test_a_bengali_reader_s_papers_bear_numbers_and_codes_as_they_stand_on_the_plates(desk, fridge):
    claim = sent(
        desk, fridge, faulty_serial="old-12", replacement_serial="new-34", cause_code="cc-5", description="৩ দিন"
    )
    set_company_number(actor=desk.writer, claim=claim, number="TST-678")
    part = claim.old_parts.get()
    send_parts(actor=desk.writer, parts=[part.pk], sent_on=date(2026, 11, 12), courier="Courier", consignment="S-90")
    with translation.override("bn"):
        assert missing(form_pdf(claim), ["SN-0001", "D-17", "CC-5", "OLD-12", "NEW-34", "TST-678", "৩ দিন"]) == []
        assert missing(tags_pdf(claim), ["OLD-1"]) == []
        assert missing(dispatch_pdf(Dispatch.objects.get()), ["OLD-1", "TST-678", "S-90"]) == []
