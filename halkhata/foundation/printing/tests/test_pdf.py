"""Printed pages: nothing typed is code, the same data give the same page, pictures as before."""

import io
import os

import pytest
from django.utils import translation
from PIL import Image

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.printing import pdf as service
from halkhata.foundation.printing.pdf import ROOT, SIZES, render_pdf
from halkhata.foundation.printing.pictures import PHOTO_SIDE, photo_svg, qr_svg
from halkhata.foundation.printing.responses import pdf_response
from halkhata.foundation.printing.tests.support import PICTURES, differs_by, missing, pictures_of, reference, text_of

SAMPLE = ROOT / "foundation" / "printing" / "print" / "sample.typ"
SHOP = {"name": "মেঘনা মোটরস", "address": "মিরপুর, ঢাকা", "phone": "01100000000", "email": ""}


def jpeg(size=(600, 400), colour="teal"):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG")
    return held.getvalue()


def sample(**more):
    return {
        "shop": SHOP, "lang": "bn", "title": "ওয়ারেন্টি কার্ড", "number": "U-১০০১",
        "qr": qr_svg("https://crm.example.com/c/warranty/abc/"), "fields": [["নাম", "রহিমা"], ["দাম", "৳ ১,২৩,৪৫৬"]],
        "heads": ["যন্ত্রাংশ", "মেয়াদ"], "rows": [["ব্যাটারি", "১২-০৩-২০২৭"], ["কম্প্রেসর", None]],
        "photos": [{"svg": photo_svg(jpeg()), "caption": "বিল"}], "signatures": ["ক্রেতা", "দোকান"], **more,
    }  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_page_looks_as_its_reference_picture(size):
    (picture,) = pictures_of(render_pdf(SAMPLE, sample(), size=size))
    name = f"sample-{size}.png"
    if os.environ.get("HALKHATA_TEST_WRITE_PICTURES"):
        picture.quantize(8).save(PICTURES / name, optimize=True)
    assert differs_by(picture, reference(name)) < 0.01


def test_twin_picture_of_another_page_is_seen():
    (picture,) = pictures_of(render_pdf(SAMPLE, sample(rows=[["ব্যাটারি", "১২-০৩-২০২৮"]], photos=[]), size="a5"))
    assert differs_by(picture, reference("sample-a5.png")) > 0.01


def test_text_layer_says_what_the_data_say_and_runs_nothing():
    evil = '#let x = read("/etc/passwd") $sum$ *bold* "quoted" \\ <label> @ref // gone'
    text = text_of(render_pdf(SAMPLE, sample(fields=[["নাম", evil]])))
    assert [word for word in evil.split() if word not in text] == []
    assert missing(render_pdf(SAMPLE, sample()), ["৳ ১,২৩,৪৫৬", "ওয়ারেন্টি কার্ড", "কম্প্রেসর"]) == []
    assert "root:" not in text


def test_same_data_give_the_same_bytes():
    assert render_pdf(SAMPLE, sample()) == render_pdf(SAMPLE, sample())


def test_missing_template_and_bad_data_are_one_clear_error():
    with pytest.raises(DomainError) as refused:
        render_pdf(ROOT / "foundation" / "printing" / "print" / "none.typ", sample())
    assert (refused.value.code, refused.value.data["template"]) == ("print_failed", "none.typ")
    with pytest.raises(DomainError, match="print_failed"):
        render_pdf(SAMPLE, sample(fields=[["only one"]]))
    with pytest.raises(ValueError, match="no paper"):
        render_pdf(SAMPLE, sample(), size="a3")  # type: ignore[arg-type]


def test_template_reads_no_file_outside_the_package(tmp_path):
    outside = tmp_path / "outside.typ"
    outside.write_text('#read("/etc/hostname")')
    with pytest.raises(DomainError, match="print_failed"):
        render_pdf(outside, sample())


def test_too_much_data_is_refused(monkeypatch):
    monkeypatch.setattr(service, "MAX_DATA_BYTES", 1000)
    with pytest.raises(DomainError, match="print_too_large"):
        render_pdf(SAMPLE, sample())


@pytest.mark.django_db
def test_letterhead_is_the_shop_s_in_the_reader_s_language():
    Installation.objects.update_or_create(
        pk=1, defaults={"shop_name_bn": "মেঘনা", "shop_name_en": "Meghna", "address": "Dhaka", "phone": "01100000000"}
    )
    data = {name: value for name, value in sample().items() if name not in {"shop", "lang"}}
    with translation.override("bn"):
        assert "মেঘনা" in text_of(render_pdf(SAMPLE, data))
    with translation.override("en"):
        assert "Meghna" in text_of(render_pdf(SAMPLE, data))


def test_photo_becomes_small_and_forgets_where_it_was_taken():
    wide = io.BytesIO()
    place = Image.Exif()
    place[0x010F] = "SECRETCAMERA"
    Image.new("RGB", (4000, 3000), "red").save(wide, "JPEG", exif=place)
    svg = photo_svg(wide.getvalue())
    assert f'width="{PHOTO_SIDE}"' in svg
    assert len(svg) < 200_000
    assert "SECRETCAMERA" not in svg
    with pytest.raises(ValueError, match="no picture"):
        photo_svg(b"not a picture")


def test_response_is_kept_by_nobody_and_names_the_file():
    response = pdf_response(b"%PDF-", "কার্ড/U-1001")
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert "/" not in response["Content-Disposition"].split("''")[1]
