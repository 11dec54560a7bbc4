"""The words a shop begins with: what customers agree to, and what their data are used for. Meant to be changed."""

from halkhata.records.privacy.choices import LegalBasis, Purpose

# purpose: (Bengali, English)
WORDINGS: dict[str, tuple[str, str]] = {
    Purpose.MARKETING: (
        "আমি এই দোকানের অফার ও নতুন পণ্যের খবর পেতে রাজি। যেকোনো সময় না বলতে পারব, কোনো কারণ দেখাতে হবে না।",
        "I agree to hear of this shop's offers and new products. I can say no at any time, without a reason.",
    ),
    Purpose.LOYALTY: (
        "আমি পয়েন্ট ও সদস্যপদের খবর পেতে রাজি। যেকোনো সময় না বলতে পারব।",
        "I agree to be told of my points and membership. I can say no at any time.",
    ),
    Purpose.SURVEY: (
        "সেবার পর আমার মতামত জানতে চাইলে আমার আপত্তি নেই। যেকোনো সময় না বলতে পারব।",
        "I may be asked how it was after a service. I can say no at any time.",
    ),
    Purpose.PUBLICATION: (
        "আমার কথা বা ছবি দোকান প্রকাশ করতে পারে, আমার নামসহ যেমন দেখানো হয়েছে। যেকোনো সময় না বলতে পারব।",
        "The shop may publish what I said or my picture, as it was shown to me. I can say no at any time.",
    ),
}

# name, why, basis, people, data, kept for, protection
ACTIVITIES: tuple[tuple[str, ...], ...] = (
    (
        "গ্রাহকের খাতা ও সেবা",
        "অভিযোগ, প্রশ্ন ও অনুরোধের উত্তর দেওয়া, কথা রাখা হলো কি না দেখা।",
        LegalBasis.CONTRACT,
        "গ্রাহক ও যাঁরা আমাদের লেখেন বা ফোন করেন",
        "নাম, ফোন, ই-মেইল, ঠিকানা, বার্তা, ফাইল, অভিযোগের ইতিহাস",
        "শেষ যোগাযোগের পর যত দিন আইন ও হিসাবের জন্য দরকার",
        "পদ অনুযায়ী অধিকার, লুকানো ঘর, নিরীক্ষা খাতা, সিল করা ব্যাকআপ",
    ),
    (
        "অফার ও মতামত",
        "রাজি হওয়া গ্রাহকদের অফার জানানো এবং সেবা কেমন ছিল জিজ্ঞাসা করা।",
        LegalBasis.CONSENT,
        "যাঁরা রাজি হয়েছেন",
        "নাম, ফোন, ই-মেইল, সম্মতি ও তার প্রমাণ",
        "সম্মতি ফেরত নেওয়া পর্যন্ত; না বলার চিহ্ন থেকে যায়",
        "সম্মতির খাতা শুধু বাড়ে; পাঠানোর মুহূর্তে আবার দেখা হয়",
    ),
    (
        "কর্মীদের কাজ",
        "কাজ ভাগ করা, প্রশিক্ষণ ও মান দেখা।",
        LegalBasis.CONTRACT,
        "কর্মী",
        "নাম, ফোন, ই-মেইল, কাজের ইতিহাস, নম্বর",
        "চাকরি শেষ হওয়ার পর যত দিন আইনে লাগে",
        "পদ অনুযায়ী অধিকার, নিরীক্ষা খাতা",
    ),
)
