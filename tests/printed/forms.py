"""The printed forms with every block filled, in both languages: what a shop prints on an ordinary day.

The words are fixed here, so that a form's picture changes only with its template, its font or its shaping.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from halkhata.foundation.printing.pdf import ROOT, Size, render_pdf
from halkhata.foundation.printing.pictures import photo_svg, qr_svg

LANGUAGES = ("bn", "en")
_SHOPS = {
    "bn": {"name": "মেঘনা ইলেক্ট্রনিক্স", "address": "জিন্দাবাজার, সিলেট", "phone": "০১১০০-০০০০০০", "email": ""},
    "en": {"name": "Meghna Electronics", "address": "Zindabazar, Sylhet", "phone": "01100-000000", "email": ""},
}
# Strokes of a signature as a finger draws them.
_SIGNATURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><path d="M10 80 L60 20 L90 85 L150 30 L290 60" '
    'fill="none" stroke="#000" stroke-width="4"/></svg>'
)


@dataclass(frozen=True)
class Form:
    """A template, its paper, and its texts by language."""

    template: Path
    size: Size
    texts: dict[str, dict[str, Any]]

    def data(self, language: str) -> dict[str, Any]:
        """What the template is filled with."""
        return {**self.texts[language], "lang": language, "shop": _SHOPS[language]}

    def pdf(self, language: str, **more: Any) -> bytes:
        """The form on paper."""
        return render_pdf(self.template, self.data(language) | more, size=self.size)


def photo() -> str:
    """A photo that looks like nothing else on the page: a dark plate with a light label."""
    picture = Image.new("RGB", (400, 300), (70, 70, 70))
    ImageDraw.Draw(picture).rectangle((60, 90, 340, 210), fill=(230, 230, 230))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    return photo_svg(held.getvalue())


def _pairs(text: str) -> list[list[str]]:
    """Lines "name | value" as pairs."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _photos(*captions: str) -> list[dict[str, str]]:
    return [{"svg": photo(), "caption": caption} for caption in captions]


_QR = qr_svg("https://crm.example.com/jobs/J-1045/")

JOB_CARD = Form(
    ROOT / "desks" / "service" / "print" / "card.typ", "a4",
    {
        "bn": {
            "title": "জব কার্ড", "number": "জ-১০৪৫", "in_title": "ভেতরে আসার সময়",
            "fields": _pairs(
                "ক্রেতা | মোছাঃ রহিমা খাতুন\nপণ্য | ওয়ালটন ফ্রিজ, কম্প্রেসরসহ\nসিরিয়াল | SN-0001\nইউনিট | ই-১০০১\n"
                "নেওয়া হয়েছে | ২২-১১-২০২৬, দুপুর ২:৩০\nকথা দেওয়া সময় | ২৫-১১-২০২৬, সন্ধ্যা ৬:০০\nমিটারে কত | ১২,৩৪৫\n"
                "ওয়ারেন্টি | কম্প্রেসর ওয়ারেন্টিতে আছে: ১২-০৩-২০৩৬ পর্যন্ত"
            ),
            "words_title": "ক্রেতার কথায়", "words": "ঠান্ডা হচ্ছে না, রাত্রে শব্দ করে; বিদ্যুৎ গেলে আর চলে না।",
            "left_title": "সঙ্গে যা রেখে গেছেন", "left": ["ট্রে ২টি", "বৈদ্যুতিক প্লাগ"],
            "looks_title": "দেখতে কেমন", "looks": "ডান পাশে আঁচড়, নিচে সামান্য মরিচা।",
            "found_title": "যা পাওয়া গেছে", "found": "কম্প্রেসর জ্যাম, গ্যাস শেষ।", "out_title": "বাইরে যাওয়ার সময়",
            "heads": ["ধরন", "কী", "পরিমাণ", "কে দেবে", "দিতে হবে"],
            "rows": [
                ["যন্ত্রাংশ", "কম্প্রেসর ১/৫ এইচপি", "১", "ওয়ারেন্টি", "৳০"],
                ["মজুরি", "গ্যাস ভরা ও পরীক্ষা", "১", "ক্রেতা", "৳১,২০০"],
            ],
            "total": ["আপনি দেবেন", "৳১,২০০"], "swaps": ["কম্প্রেসর ১/৫ এইচপি: CMP-77 খুলে CMP-90 লাগানো হয়েছে"],
            "out": _pairs("অবস্থা | হস্তান্তর হয়েছে\nতৈরি | ২৪-১১-২০২৬\nবুঝে নিয়েছেন | রহিমা খাতুন\nগেট পাস | গ-১০৪৫"),
            "qr": _QR, "signatures": ["ক্রেতা, জমার সময়", "দোকানের পক্ষে", "ক্রেতা, বুঝে নেওয়ার সময়"],
            "photos_title": "জমার সময়ের ছবি", "photos": _photos("সামনে থেকে", "সিরিয়াল প্লেট"), "footer": "জ-১০৪৫",
        },
        "en": {
            "title": "Job card", "number": "J-1045", "in_title": "In",
            "fields": _pairs(
                "Customer | Mst Rahima Khatun\nProduct | Walton fridge\nSerial | SN-0001\nUnit | U-1001\n"
                "Taken in | 22-11-2026, 2:30 pm\nPromised for | 25-11-2026, 6:00 pm\nWhat the meter shows | 12,345\n"
                "Warranty | The compressor is in warranty until 12-03-2036"
            ),
            "words_title": "In the customer's words", "words": "It does not cool and is loud at night.",
            "left_title": "Left with it", "left": ["Two trays", "Plug"],
            "looks_title": "What it looks like", "looks": "Scratches on the right side.",
            "found_title": "What was found", "found": "Compressor is stuck, gas is gone.", "out_title": "Out",
            "heads": ["Kind", "What", "Quantity", "Who pays", "To pay"],
            "rows": [
                ["Part", "Compressor 1/5 HP", "1", "Warranty", "Tk 0"],
                ["Labour", "Gas and test", "1", "Customer", "Tk 1,200"],
            ],
            "total": ["You pay", "Tk 1,200"], "swaps": ["Compressor 1/5 HP: CMP-77 taken out, CMP-90 put in"],
            "out": _pairs("State | Handed over\nReady | 24-11-2026\nHanded to | Rahima Khatun\nGate pass | G-1045"),
            "qr": _QR, "signatures": ["Customer, at intake", "For the shop", "Customer, at hand-over"],
            "photos_title": "Photos at intake", "photos": _photos("Front", "Serial plate"), "footer": "J-1045",
        },
    },
)  # fmt: skip

GATE_PASS = Form(
    ROOT / "desks" / "service" / "print" / "gate_pass.typ", "a5",
    {
        "bn": {
            "title": "গেট পাস", "number": "গ-১০৪৫",
            "fields": _pairs(
                "জব কার্ড | জ-১০৪৫\nপণ্য | ওয়ালটন ফ্রিজ\nসিরিয়াল | SN-0001\nক্রেতা | মোছাঃ রহিমা খাতুন\n"
                "বুঝে নিয়েছেন | শ্যামল\nক্রেতার কে হন | ভ্রাতুষ্পুত্র\nকখন | ২৪-১১-২০২৬, বিকাল ৫:১০\nপ্রমাণ | স্বাক্ষর\n"
                "হস্তান্তর করেছেন | কৃষ্ণা"
            ),
            "left_title": "সঙ্গে যা রেখে গেছেন", "left": ["ট্রে ২টি", "বৈদ্যুতিক প্লাগ"],
            "given": "সঙ্গে যা ছিল সব ফেরত দেওয়া হয়েছে", "typed": "শ্যামল", "signature": _SIGNATURE,
            "signatures": ["ক্রেতা", "দোকানের পক্ষে", "দারোয়ান"], "footer": "গ-১০৪৫",
        },
        "en": {
            "title": "Gate pass", "number": "G-1045",
            "fields": _pairs(
                "Job card | J-1045\nProduct | Walton fridge\nSerial | SN-0001\nCustomer | Mst Rahima Khatun\n"
                "Handed to | Shyamal\nWho that is to the customer | Nephew\nWhen | 24-11-2026, 5:10 pm\n"
                "Proof | Signature\nHanded over by | Krishna"
            ),
            "left_title": "Left with it", "left": ["Two trays", "Plug"],
            "given": "Everything that was left with it is given back", "typed": "Shyamal", "signature": _SIGNATURE,
            "signatures": ["Customer", "For the shop", "Guard"], "footer": "G-1045",
        },
    },
)  # fmt: skip

WARRANTY_CARD = Form(
    ROOT / "records" / "warranty" / "print" / "card.typ", "a5",
    {
        "bn": {
            "title": "ওয়ারেন্টি কার্ড", "number": "ই-১০০১",
            "fields": _pairs("পণ্য | ওয়ালটন ফ্রিজ\nসিরিয়াল | SN-0001\nক্রেতা | মোছাঃ রহিমা খাতুন\nকেনার তারিখ | ১২-০৩-২০২৬"),
            "qr": _QR, "check": "ওয়ারেন্টি যাচাই করতে স্ক্যান করুন।",
            "heads": ["অংশ", "কী কী আছে", "কত দিন", "ব্যবহারের সীমা"],
            "rows": [
                ["পুরো পণ্য", "যন্ত্রাংশ, মজুরি, ভিজিট", "১২-০৩-২০২৭", "—"],
                ["কম্প্রেসর", "যন্ত্রাংশ", "১২-০৩-২০৩৬", "২০,০০০ ঘণ্টা"],
            ],
            "none": "", "not_covered_title": "যা ওয়ারেন্টিতে নেই",
            "not_covered": ["কম্প্রেসর: বজ্রপাত, বিদ্যুতের গোলমাল, অন্য মিস্ত্রির হাত"],
            "rule": "সময় ও ব্যবহার: যেটি আগে শেষ হয়। রসিদ যত্নে রাখুন।", "signatures": ["ক্রেতা", "দোকানের পক্ষে"],
            "footer": "ওয়ালটন ফ্রিজ",
        },
        "en": {
            "title": "Warranty card", "number": "U-1001",
            "fields": _pairs("Product | Walton fridge\nSerial | SN-0001\nCustomer | Rahima\nBought on | 12-03-2026"),
            "qr": _QR, "check": "Scan to check this warranty.",
            "heads": ["Component", "Covered", "Until", "Limit of use"],
            "rows": [
                ["The whole product", "Parts, labour, visit", "12-03-2027", "—"],
                ["Compressor", "Parts", "12-03-2036", "20,000 hours"],
            ],
            "none": "", "not_covered_title": "Not covered", "not_covered": ["Compressor: lightning, other hands"],
            "rule": "Time and use: whichever comes first ends the warranty. Keep the bill.",
            "signatures": ["Customer", "For the shop"], "footer": "Walton fridge",
        },
    },
)  # fmt: skip

CLAIM_FORM = Form(
    ROOT / "desks" / "claims" / "print" / "form.typ", "a4",
    {
        "bn": {
            "title": "কোম্পানির কাছে দাবি", "number": "চ-১০৬১",
            "fields": _pairs(
                "কোম্পানি | ওয়ালটন লিমিটেড\nকোম্পানির দাবি নম্বর | TST-9\nশাখা | জিন্দাবাজার\nপাঠানো হয়েছে | ২৪ নভেম্বর ২০২৬\n"
                "পণ্য | ওয়ালটন ফ্রিজ\nইউনিটের নম্বর | SN-0001\nবিক্রির তারিখ | ১২ মার্চ ২০২৬\nনষ্ট হয়েছে | ২২ নভেম্বর ২০২৬\n"
                "ত্রুটির কোড | D-17\nনষ্ট অংশের নম্বর | CMP-77\nনতুন অংশের নম্বর | CMP-90"
            ),
            "words_title": "কী নষ্ট হয়েছে ও কী করা হয়েছে", "words": "কম্প্রেসর জ্যাম; বদলে গ্যাস ভরা হয়েছে।",
            "heads": ["ধরন", "কোড", "কী", "পরিমাণ", "দাবি"],
            "rows": [
                ["যন্ত্রাংশ", "C-9", "কম্প্রেসর ১/৫ এইচপি", "১", "৳৫,০০০"],
                ["মজুরি", "L-2", "গ্যাস ভরা", "১", "৳৭০০.৫০"],
            ],
            "total": ["মোট দাবি", "৳৫,৭০০.৫০"], "signatures": ["মিস্ত্রি", "দোকানের পক্ষে", "কোম্পানির পক্ষে"],
            "photos_title": "ছবি", "photos": _photos("সিরিয়াল নম্বরের প্লেট", "নষ্ট যন্ত্রাংশ", "নতুন যন্ত্রাংশ"),
            "footer": "চ-১০৬১",
        },
        "en": {
            "title": "Claim to the company", "number": "C-1061",
            "fields": _pairs(
                "Company | Walton Ltd\nClaim number of the company | TST-9\nBranch | Zindabazar\n"
                "Sent on | 24 November 2026\nProduct | Walton fridge\nNumber of the unit | SN-0001\n"
                "Failed on | 22 November 2026\nDefect code | D-17\nNumber of the faulty part | CMP-77\n"
                "Number of the new part | CMP-90"
            ),
            "words_title": "What failed and what was done", "words": "Compressor was stuck; changed, gas filled.",
            "heads": ["Kind", "Code", "What", "Quantity", "Claimed"],
            "rows": [
                ["Part", "C-9", "Compressor 1/5 HP", "1", "Tk 5,000"],
                ["Labour", "L-2", "Gas", "1", "Tk 700.50"],
            ],
            "total": ["Claimed together", "Tk 5,700.50"],
            "signatures": ["Technician", "For the shop", "For the company"],
            "photos_title": "Photos", "photos": _photos("Serial number plate", "Failed part", "New part"),
            "footer": "C-1061",
        },
    },
)  # fmt: skip

RETURN_FORM = Form(
    ROOT / "desks" / "returns" / "print" / "form.typ", "a4",
    {
        "bn": {
            "title": "ফেরত ও বদলের ফরম", "number": "ব-১০৭২", "qr": _QR, "check": "কোথায় আছে দেখতে স্ক্যান করুন।",
            "fields": _pairs(
                "ক্রেতা | মোছাঃ রহিমা খাতুন\nপণ্য | ওয়ালটন ফ্রিজ\nসিরিয়াল | SN-0001\nকয়টি | ১\nমেমো | স-১০০৩\n"
                "কেনার তারিখ | ১২-০৩-২০২৬\nদাম দিয়েছেন | ৳৩২,৫০০\nকেন ফেরত | সাত দিনে নষ্ট\nক্রেতা যা চান | বদল\n"
                "অবস্থা | সিদ্ধান্ত হয়েছে"
            ),
            "note_title": "ক্রেতার কথায়", "note": "সাত দিনেই বন্ধ হয়ে গেছে, দোকান তিনবার ঘুরিয়েছে।",
            "rules_title": "আমাদের ফেরত নীতি অনুযায়ী",
            "rules": ["ত্রুটিপূর্ণ পণ্য ৩০ দিনের মধ্যে ফেরত নেওয়া হয়।", "বাক্স ও যন্ত্রাংশ সঙ্গে থাকতে হবে।"],
            "decision_title": "সিদ্ধান্ত", "decision": _pairs("গ্রেড | ক\nসিদ্ধান্ত | বদল\nনতুন ইউনিট | ই-১০৯০"),
            "reason": "ব্যবহারের চিহ্ন নেই, ত্রুটি প্রমাণিত।", "photos_title": "ছবি", "photos": _photos("গ্রহণ"),
            "signatures": ["ক্রেতা", "দোকানের পক্ষে"], "footer": "ব-১০৭২",
        },
        "en": {
            "title": "Return and replacement form", "number": "E-1072", "qr": _QR,
            "check": "Scan to see where it stands.",
            "fields": _pairs(
                "Customer | Mst Rahima Khatun\nProduct | Walton fridge\nSerial | SN-0001\nHow many | 1\n"
                "Memo | S-1003\nBought on | 12-03-2026\nPaid for it | Tk 32,500\n"
                "Why it is given back | Failed in seven days\nThe customer would like | Replacement\nState | Decided"
            ),
            "note_title": "In the customer's words", "note": "It stopped after seven days.",
            "rules_title": "By our return policy",
            "rules": ["Faulty goods are taken back within 30 days.", "Box and parts must be there."],
            "decision_title": "Decision", "decision": _pairs("Grade | A\nDecision | Replacement\nNew unit | U-1090"),
            "reason": "No sign of use, the fault is proven.", "photos_title": "Photos", "photos": _photos("Receipt"),
            "signatures": ["Customer", "For the shop"], "footer": "E-1072",
        },
    },
)  # fmt: skip

DECISION_SHEET = Form(
    ROOT / "desks" / "disputes" / "print" / "decision.typ", "a4",
    {
        "bn": {
            "title": "সিদ্ধান্তপত্র", "number": "দ-১০৮১", "footer": "দ-১০৮১",
            "fields": _pairs(
                "ক্রেতা | মোছাঃ রহিমা খাতুন\nতারিখ | ২৪ নভেম্বর ২০২৬\nকী নিয়ে | ব-১০৭২ · ওয়ালটন ফ্রিজ ই-১০০১\n"
                "ঘটনার দিন | ১৯ নভেম্বর ২০২৬\nরায় | ক্রেতার পক্ষে\nপ্রতিকার | বদল\nযার মধ্যে করতে হবে | ১ ডিসেম্বর ২০২৬"
            ),
            "parts": [
                ["ঘটনা", "সাত দিনে ফ্রিজটি বন্ধ হয়।\nদোকান তিনবার সময় দিয়েও সার্ভিস দেয়নি।"],
                ["যে নিয়মে", "ফেরত নীতি, ধারা ৩: ত্রুটিপূর্ণ পণ্য ৩০ দিনের মধ্যে।"],
                ["কারণ", "জব কার্ড ও ছবিতে প্রমাণ স্পষ্ট; ক্রেতার কোনো দোষ নেই।"],
                ["বোর্ড কীভাবে ভোট দিয়েছে", "৩ জনের মধ্যে ২ জন এই সিদ্ধান্ত দিয়েছেন।"],
                ["আপিল", "৮ ডিসেম্বর ২০২৬ পর্যন্ত একবার আপিল করতে পারেন।"],
                ["অন্য পথ", "জাতীয় ভোক্তা অধিকার সংরক্ষণ অধিদপ্তরে অভিযোগ করতে পারেন।"],
            ],
            "signatures": ["বোর্ডের পক্ষে"],
        },
        "en": {
            "title": "Decision sheet", "number": "D-1081", "footer": "D-1081",
            "fields": _pairs(
                "Customer | Mst Rahima Khatun\nDate | 24 November 2026\nAbout | E-1072 · Walton fridge U-1001\n"
                "Happened on | 19 November 2026\nFinding | For the customer\nRemedy | Replacement\n"
                "To be done by | 1 December 2026"
            ),
            "parts": [
                ["Facts", "The fridge stopped after seven days.\nThe shop gave three days and kept none."],
                ["Rule it rests on", "Return policy, clause 3: faulty goods within 30 days."],
                ["Reasons", "Job card and photos are clear; the customer did nothing wrong."],
                ["How the panel voted", "2 of 3 members of the panel decided so."],
                ["Appeal", "You may appeal once until 8 December 2026."],
                ["Another way", "You may complain to the consumer office of the state."],
            ],
            "signatures": ["For the panel"],
        },
    },
)  # fmt: skip

FORMS = {
    "job-card": JOB_CARD, "gate-pass": GATE_PASS, "warranty-card": WARRANTY_CARD, "claim-form": CLAIM_FORM,
    "return-form": RETURN_FORM, "decision-sheet": DECISION_SHEET,
}  # fmt: skip
