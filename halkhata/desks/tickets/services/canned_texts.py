"""The ready-made answers a new shop starts with: what dealers write every day, politely, in both languages (A52.19)."""

# ruff: noqa: E501  (a line of Bengali counts wider than it is)
from typing import Any

# Title and text in Bengali, title and text in English, the state it leads to ("" leaves it).
TEXTS: list[tuple[str, str, str, str, str]] = [
    (
        "বিল বা মেমোর ছবি চাই",
        "{{ customer }}, দয়া করে বিল বা মেমোর একটি ছবি পাঠাবেন কি? তাহলে আপনার {{ number }} নম্বর অভিযোগের কাজ "
        "আমরা দ্রুত এগিয়ে নিতে পারব।",
        "Ask for a photo of the bill",
        "{{ customer }}, could you please send us a photo of the bill or memo? Then we can go ahead with your complaint "
        "{{ number }} without delay.",
        "waiting_customer",
    ),
    (
        "সিরিয়াল নম্বর চাই",
        "{{ customer }}, পণ্যের গায়ে লেখা সিরিয়াল নম্বরটি দয়া করে আমাদের জানাবেন। নম্বরটি সাধারণত পেছনে বা নিচের স্টিকারে থাকে; "
        "ছবি তুলে পাঠালেও চলবে।",
        "Ask for the serial number",
        "{{ customer }}, please tell us the serial number written on the product. It is usually on a sticker at the back "
        "or underneath; a photo will do as well.",
        "waiting_customer",
    ),
    (
        "কী হয়েছে বিস্তারিত জানতে চাই",
        "{{ customer }}, আপনার অসুবিধার জন্য আমরা দুঃখিত। সমস্যাটি কবে থেকে, কখন কখন হয়, আর তখন কোনো শব্দ বা লেখা দেখা যায় কি না, "
        "দয়া করে একটু জানাবেন।",
        "Ask what exactly happens",
        "{{ customer }}, we are sorry for the trouble. Please tell us since when it happens, at which moments, and "
        "whether you hear a noise or see a message then.",
        "waiting_customer",
    ),
    (
        "মিস্ত্রি কবে আসবেন",
        "{{ customer }}, আমাদের সার্ভিসের লোক আপনার বাসায় যাবেন। কোন দিন কোন সময় আপনার সুবিধা হবে, দয়া করে জানাবেন। "
        "যাওয়ার আগে আমরা আপনাকে ফোন করব।",
        "A technician will come",
        "{{ customer }}, our technician will come to your home. Please tell us which day and time would suit you. We will "
        "call you before coming.",
        "waiting_customer",
    ),
    (
        "সার্ভিস সেন্টারে আনতে বলা",
        "{{ customer }}, পণ্যটি দেখার জন্য দয়া করে {{ branch }} শাখায় নিয়ে আসবেন। সঙ্গে বিল ও ওয়ারেন্টি কার্ড আনলে ভালো হয়। "
        "ফোন: {{ phone }}",
        "Please bring it to us",
        "{{ customer }}, please bring the product to {{ branch }} so that we can look at it. It helps if you bring the "
        "bill and the warranty card. Phone: {{ phone }}",
        "waiting_customer",
    ),
    (
        "যন্ত্রাংশের অপেক্ষা",
        "{{ customer }}, আপনার পণ্যের জন্য যে যন্ত্রাংশটি দরকার, সেটি আমরা কোম্পানির কাছে চেয়েছি। হাতে এলেই আপনাকে জানাব। "
        "দেরির জন্য আমরা আন্তরিকভাবে দুঃখিত।",
        "Waiting for a part",
        "{{ customer }}, we have ordered the part your product needs from the manufacturer. We will tell you as soon as it "
        "arrives. We are sincerely sorry for the wait.",
        "waiting_manufacturer",
    ),
    (
        "ওয়ারেন্টিতে বিনা খরচে",
        "{{ customer }}, আপনার পণ্যটি ওয়ারেন্টির মধ্যে আছে, তাই এই মেরামতের জন্য আপনাকে কোনো টাকা দিতে হবে না।",
        "Covered by the warranty",
        "{{ customer }}, your product is under warranty, so you do not have to pay anything for this repair.",
        "",
    ),
    (
        "ওয়ারেন্টির বাইরে",
        "{{ customer }}, আপনার পণ্যের ওয়ারেন্টির মেয়াদ শেষ হয়েছে। মেরামতে কত খরচ পড়বে তা আমরা আগে আপনাকে জানাব; আপনি সম্মতি "
        "দিলে তবেই কাজ শুরু করব।",
        "Out of warranty",
        "{{ customer }}, the warranty of your product has ended. We will tell you beforehand what the repair costs, and "
        "begin only when you agree.",
        "waiting_customer",
    ),
    (
        "কাজ শেষ, নিতে আসতে পারেন",
        "{{ customer }}, আপনার পণ্যের কাজ শেষ হয়েছে। {{ branch }} শাখা থেকে যেকোনো খোলার সময়ে নিয়ে যেতে পারবেন। "
        "আসার সময় {{ number }} নম্বরটি বলবেন।",
        "Ready to be collected",
        "{{ customer }}, your product is ready. You can collect it from {{ branch }} during opening hours. Please mention "
        "the number {{ number }} when you come.",
        "",
    ),
    (
        "দেরির জন্য দুঃখ প্রকাশ",
        "{{ customer }}, আপনার {{ number }} নম্বর অভিযোগের কাজে দেরি হচ্ছে, এজন্য আমরা আন্তরিকভাবে দুঃখিত। {{ agent }} নিজে বিষয়টি "
        "দেখছেন। আমরা আপনাকে জানাব {{ promise }}।",
        "Sorry for the delay",
        "{{ customer }}, we are late with your complaint {{ number }}, and we are truly sorry. {{ agent }} is looking after "
        "it in person. You will hear from us {{ promise }}.",
        "",
    ),
    (
        "কিস্তির হিসাব যাচাই করছি",
        "{{ customer }}, আপনার বিল বা কিস্তির হিসাব আমরা হিসাব শাখার সঙ্গে মিলিয়ে দেখছি। দয়া করে শেষ রসিদের একটি ছবি পাঠাবেন।",
        "We check the instalments",
        "{{ customer }}, we are checking your bill or instalments with our accounts. Please send us a photo of your last "
        "receipt.",
        "waiting_internal",
    ),
    (
        "ফোনে পাওয়া যায়নি",
        "{{ customer }}, আপনাকে ফোনে পাইনি। কোন সময়ে ফোন করলে আপনার সুবিধা হয়, দয়া করে জানাবেন; অথবা আমাদের {{ phone }} নম্বরে "
        "ফোন করতে পারেন।",
        "We could not reach you by phone",
        "{{ customer }}, we could not reach you by phone. Please tell us when a call would suit you, or call us on "
        "{{ phone }}.",
        "waiting_customer",
    ),
    (
        "ধন্যবাদ",
        "{{ customer }}, আমাদের জানানোর জন্য আপনাকে ধন্যবাদ। আর কোনো অসুবিধা হলে এই মেইলের উত্তর দিলেই হবে, অথবা {{ phone }} নম্বরে "
        "ফোন করবেন।\n\n{{ shop }}",
        "Thank you",
        "{{ customer }}, thank you for telling us. If anything else troubles you, just answer this mail or call us on "
        "{{ phone }}.\n\n{{ shop }}",
        "",
    ),
]


def create_default_canned(model: Any, *, is_demo: bool = False) -> int:
    """Make the ready-made answers a shop does not have yet, by their English title. Returns how many were made.

    ``model`` is CannedReply, or what a migration has in its place.
    """
    known = set(model.objects.filter(owner=None).values_list("title_en", flat=True))
    new = [
        model(title_bn=title_bn, text_bn=text_bn, title_en=title_en, text_en=text_en, sets_state=state, is_demo=is_demo)
        for title_bn, text_bn, title_en, text_en, state in TEXTS
        if title_en not in known
    ]
    model.objects.bulk_create(new)
    return len(new)
