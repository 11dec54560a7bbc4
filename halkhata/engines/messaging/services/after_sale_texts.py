"""The starting texts of what is told after the sale: jobs, estimates, promised dates, returns, disputes (B.1, C.3)."""

_SIGNED_BN = "\n\nধন্যবাদ,\n{{ shop }}\nফোন: {{ phone }}"
_SIGNED_EN = "\n\nThank you,\n{{ shop }}\nPhone: {{ phone }}"

# Occasion, language, subject, body.
AFTER_SALE_TEXTS: list[tuple[str, str, str, str]] = [
    ("job", "bn", "জব কার্ড {{ number }}: {{ subject }}", "প্রিয় {{ customer }},\n\n{{ text }}" + _SIGNED_BN),
    ("job", "en", "Job card {{ number }}: {{ subject }}", "{{ customer }},\n\n{{ text }}" + _SIGNED_EN),
    (
        "estimate",
        "bn",
        "জব কার্ড {{ number }}: খরচের হিসাব, আপনার অনুমতি দরকার",
        "প্রিয় {{ customer }},\n\nআপনার {{ number }} নম্বর জব কার্ডের খরচের হিসাব তৈরি। {{ text }}\n\n"
        "নিচের ঠিকানায় দেখে জানান, কাজ শুরু করব কি না:\n\n{{ link }}" + _SIGNED_BN,
    ),
    (
        "estimate",
        "en",
        "Job card {{ number }}: an estimate for you to approve",
        "{{ customer }},\n\nthe estimate for your job card {{ number }} is ready. {{ text }}\n\n"
        "Please look at it here and tell us whether we may begin:\n\n{{ link }}" + _SIGNED_EN,
    ),
    (
        "moved",
        "bn",
        "{{ number }}: নতুন সময়, আমরা দুঃখিত",
        "প্রিয় {{ customer }},\n\nকথা দেওয়া সময়ে {{ number }} শেষ হচ্ছে না। এর জন্য আমরা দুঃখিত। {{ text }}\n\n"
        "নতুন সময়: {{ promise }}" + _SIGNED_BN,
    ),
    (
        "moved",
        "en",
        "{{ number }}: a new date, and our apology",
        "{{ customer }},\n\nwe cannot keep the time that we gave you for {{ number }}. We are sorry. {{ text }}\n\n"
        "The new time: {{ promise }}" + _SIGNED_EN,
    ),
    ("return", "bn", "ফেরত {{ number }}: {{ subject }}", "প্রিয় {{ customer }},\n\n{{ text }}" + _SIGNED_BN),
    ("return", "en", "Return {{ number }}: {{ subject }}", "{{ customer }},\n\n{{ text }}" + _SIGNED_EN),
    ("dispute", "bn", "বিরোধ {{ number }}: {{ subject }}", "প্রিয় {{ customer }},\n\n{{ text }}" + _SIGNED_BN),
    ("dispute", "en", "Dispute {{ number }}: {{ subject }}", "{{ customer }},\n\n{{ text }}" + _SIGNED_EN),
]
