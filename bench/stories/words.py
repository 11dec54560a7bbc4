"""What customers say and staff answer, and the stand-ins of a mould's own customer."""

# Stand-ins of a mould's own customer. The generator finds them again in every text, so nothing else may look like them.
NAME_BN, NAME_EN = "ছাঁচমুখ ছাঁচনাম", "Zqmould Zqname"

SERIAL = "ZQXS{:05d}"

DISTRICTS = ("Rajshahi", "Bogura", "Natore", "Naogaon", "Pabna", "Sirajganj", "Khulna", "Barishal", "Sylhet", "Rangpur")

TROUBLES: tuple[tuple[str, str], ...] = (
    ("Refrigerator does not cool", "It runs all day and the milk is warm in the evening. The door closes well."),
    ("ফ্রিজ ঠান্ডা হয় না", "তিন দিন ধরে ফ্রিজ চলছে কিন্তু ঠান্ডা হচ্ছে না। ভেতরের আলো জ্বলে।"),
    ("Bill is higher than agreed", "We agreed on twelve instalments; the paper says fourteen. Please look."),
    ("টিভিতে দাগ দেখা যায়", "পর্দার ডান পাশে লম্বা দাগ, গতকাল থেকে বেশি।"),
    ("Washing machine shakes", "While spinning it walks through the room. The floor is level."),
    ("কিস্তির রসিদ পাইনি", "গত মাসের কিস্তি দিয়েছি, রসিদ এখনো পাইনি।"),
    ("Fan makes a noise", "A knocking sound at the third step, since the last service."),
    ("সার্ভিসের লোক আসেনি", "গতকাল বিকেলে আসার কথা ছিল, কেউ আসেনি, ফোনও করেনি।"),
)

ANSWERS = (
    "Thank you for telling us. Our technician looks at it tomorrow before noon and calls you before he leaves.",
    "ধন্যবাদ। আমাদের কারিগর কাল সকালে যাবেন, যাওয়ার আগে ফোন করবেন।",
    "We have ordered the part. It should be here within three working days; we call you when it is.",
)

NOTES = (
    "Memo checked, warranty runs until next June.",
    "কারিগর বলেছেন কম্প্রেসর বদলাতে হবে।",
    "Customer prefers calls after five.",
)

# What is wrong, what is found, the part that is changed.
REPAIRS: tuple[tuple[str, str, str], ...] = (
    ("চালু হচ্ছে না, গত রাত থেকে।", "সুইচ পোড়া", "সুইচ"),
    ("It makes a noise when it starts.", "Bearing worn", "Bearing"),
    ("মাঝে মাঝে বন্ধ হয়ে যায়।", "সেন্সর নষ্ট", "সেন্সর"),
    ("It stops after some minutes.", "Loose wire at the board", "Wire"),
)

CHANNELS = ("phone", "phone", "phone", "counter", "counter", "web_form", "email", "email")
