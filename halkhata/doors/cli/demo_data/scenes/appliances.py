# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Fridges, televisions, washing machines, fans."""

from halkhata.doors.cli.demo_data.scenes.scene import Scene, Words

APPLIANCES = (
    Scene(
        code="fridge-seven-days", trade="appliance", category="product-fault", serial="HM", impact="high", weight=6,
        remedy="replaced", note="কম্প্রেসর স্টার্ট নিচ্ছে না। সাত দিনের মধ্যে, বদলে দেওয়ার নিয়মে পড়ে। ম্যানেজারের অনুমতি নিতে হবে।",
        bn=Words(
            subject="ফ্রিজ সাত দিনেই বন্ধ",
            text="হিমেল ২৩০ লিটার ফ্রিজ কিনেছি ঠিক সাত দিন আগে, মেমো {memo}। গত রাত থেকে ঠান্ডা হয় না, মাছ-মাংস সব নষ্ট। তিনবার ফোন করেছি, শুধু বলেন লোক পাঠাচ্ছি।",
            reply="আপনার কষ্টের জন্য ক্ষমা চাই। আজ বিকেলেই টেকনিশিয়ান যাবে। সাত দিনের মধ্যে নষ্ট হলে বদলে দেওয়া আমাদের নিয়ম।",
            action="ফ্রিজ বদলে নতুন ফ্রিজ বাড়িতে পৌঁছে দেওয়া হয়েছে, পুরোনোটা ফেরত এসেছে (কিউসি)। ভ্যানভাড়া আমরা দিয়েছি।",
        ),
        en=Words(
            subject="Fridge stopped after seven days",
            text="I bought a Himel 230 litre fridge exactly seven days ago, memo {memo}. Since last night it does not cool and all "
            "the fish and meat is gone. I called three times.",
            reply="We apologise for the trouble. A technician comes this afternoon. What fails within seven days is replaced.",
            action="New fridge delivered to the house, the old one is back for inspection. Van fare paid by us.",
        ),
    ),
    Scene(
        code="fridge-cooling", trade="appliance", category="product-fault", serial="HM", impact="high", weight=5,
        bn=Words(
            subject="ফ্রিজের নিচের অংশ ঠান্ডা হয় না",
            text="ডিপ ঠিক আছে, কিন্তু নিচের অংশে {days} দিন ধরে ঠান্ডা নেই। দুধ নষ্ট হচ্ছে। ওয়ারেন্টি কার্ড আছে।",
            reply="কাল দুপুর ১২টার মধ্যে টেকনিশিয়ান যাবেন। ওয়ারেন্টি কার্ড আর মেমো হাতের কাছে রাখবেন।",
            action="থার্মোস্ট্যাট বদলানো হয়েছে, বাতাস চলাচলের পথ পরিষ্কার করা হয়েছে। ওয়ারেন্টিতে, টাকা লাগেনি।",
        ),
        en=Words(
            subject="Lower part of the fridge does not cool",
            text="The freezer is fine but below it has not been cold for {days} days. I have the warranty card.",
            reply="A technician comes tomorrow before noon. Please have warranty card and memo at hand.",
            action="Thermostat replaced and air path cleaned, under warranty.",
        ),
    ),
    Scene(
        code="tv-lines", trade="appliance", category="product-fault", serial="DP", weight=4, cause="product_defect",
        note="প্যানেলের সমস্যা। কোম্পানির দাবি নম্বর লাগবে, সিরিয়ালের ছবি চাই।",
        bn=Words(
            subject="টিভির পর্দায় দাগ",
            text="দর্পণ ৩২ ইঞ্চি টিভিতে {days} দিন ধরে লম্বা লম্বা দাগ। রিমোট চাপলে কিছু হয় না। খেলা দেখতে পারছি না।",
            reply="দাগের একটা ছবি পাঠান, সঙ্গে পেছনের সিরিয়াল নম্বর। প্যানেল হলে কোম্পানি বদলে দেবে।",
            action="কোম্পানি প্যানেল বদলে দিয়েছে, দোকান থেকে বাড়িতে লাগিয়ে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Lines on the television screen",
            text="My Dorpon 32 inch shows long lines for {days} days now. I cannot watch the cricket.",
            reply="Please send a picture of the lines and of the serial number at the back. If it is the panel the company replaces it.",
            action="Panel replaced by the company and fitted at the customer's house.",
        ),
    ),
    Scene(
        code="wrong-bill", trade="appliance", category="billing", cause="billing", remedy="refunded", weight=4, impact="low",
        urgency="medium",
        bn=Words(
            subject="বিলে বেশি টাকা ধরা হয়েছে",
            text="মেমো {memo}-এ ভ্যানভাড়া ৩০০ টাকা ধরা হয়েছে, অথচ ফ্রি ডেলিভারি বলেছিলেন। টাকা ফেরত চাই।",
            reply="ঠিক বলেছেন, ফ্রি ডেলিভারির অফার চলছিল। ৩০০ টাকা আজই ফেরত দেব, দোকানে এলে বা মোবাইলে।",
            action="৩০০ টাকা ফেরত দেওয়া হয়েছে, মেমো সংশোধন করা হয়েছে।",
        ),
        en=Words(
            subject="Too much on the bill",
            text="Memo {memo} charges 300 taka for delivery although you said it was free. I want it back.",
            reply="You are right, delivery was free. We give the 300 taka back today, at the shop or by mobile.",
            action="300 taka refunded, memo corrected.",
        ),
    ),
    Scene(
        code="late-delivery", trade="appliance", category="delivery", cause="delivery", remedy="apology", weight=4, urgency="high",
        bn=Words(
            subject="ওয়াশিং মেশিন আজও এল না",
            text="শনিবার ডেলিভারি দেবেন বলে আজ {days} দিন। বাড়িতে লোক বসিয়ে রেখেছি রোজ। ফোন ধরলে বলে গাড়ি বের হয়ে গেছে।",
            reply="গাড়ি নষ্ট হওয়ায় দেরি হয়েছে, জানানো উচিত ছিল। কাল সকাল ১১টার মধ্যে পৌঁছাবে, চালক আগে ফোন করবেন।",
            action="পরদিন সকালে পৌঁছে বসিয়ে চালিয়ে দেখানো হয়েছে। একটি স্ট্যান্ড উপহার দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Washing machine has not come",
            text="You promised delivery for Saturday, that was {days} days ago. Somebody waits at home every day.",
            reply="The van broke down and we should have called. It comes tomorrow before 11; the driver will phone first.",
            action="Delivered and installed the next morning; a stand was given for free.",
        ),
    ),
    Scene(
        code="warranty-card", trade="appliance", category="warranty", cause="wrong_information", remedy="explained", weight=3,
        kind="question", impact="low", urgency="low",
        bn=Words(
            subject="ওয়ারেন্টি কার্ড হারিয়ে গেছে",
            text="ফ্রিজের ওয়ারেন্টি কার্ড খুঁজে পাচ্ছি না, মেমো আছে। এখন সার্ভিস চাইলে কি পাব?",
            reply="মেমো থাকলে হবে। সিরিয়াল নম্বর দিলে আমরা কার্ডের কপি বের করে দেব।",
            action="সিরিয়াল মিলিয়ে নতুন কার্ড দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Warranty card lost",
            text="I cannot find the warranty card of my fridge but I have the memo. Do I still get service?",
            reply="The memo is enough. Tell us the serial number and we print a copy of the card.",
            action="Serial checked, copy of the card handed over.",
        ),
    ),
    Scene(
        code="fan-again", trade="appliance", category="repair-again", serial="FN", cause="workmanship", weight=3,
        bn=Words(
            subject="ফ্যান সারানোর পর আবার শব্দ করে",
            text="সিলিং ফ্যান সারিয়ে আনলাম {days} দিন আগে, এখন আগের চেয়ে বেশি শব্দ। রাতে ঘুমানো যায় না।",
            reply="আবার নিয়ে আসুন, এবার টাকা লাগবে না। চাইলে আমাদের লোক গিয়ে খুলে আনবে।",
            action="বিয়ারিং বদলানো হয়েছে, ব্যালান্স করে লাগিয়ে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Fan noisy again after repair",
            text="You repaired my ceiling fan {days} days ago. Now it is louder than before and nobody can sleep.",
            reply="Bring it again, this time it costs nothing. If you like our man will come and take it down.",
            action="Bearing replaced, balanced and fitted.",
        ),
    ),
    Scene(
        code="iron-sparks", trade="appliance", category="product-fault", serial="IR", impact="high", urgency="high", weight=0,
        remedy="replaced", note="একই লটের আর কোনো অভিযোগ আছে কি না দেখতে হবে। বিক্রি বন্ধ রাখা হলো।",
        bn=Words(
            subject="ইস্ত্রি থেকে আগুন ধরে গেছে",
            text="গতকাল কেনা ইস্ত্রি চালু করতেই তারের গোড়া থেকে আগুন বের হলো, টেবিলের কাপড় পুড়ে গেছে। মেইন সুইচ বন্ধ না করলে ঘর যেত।",
            reply="আপনারা নিরাপদ আছেন তো? দয়া করে ইস্ত্রিটি আর প্লাগে দেবেন না। আমাদের লোক এখনই রওনা হচ্ছে।",
            action="ইস্ত্রি ফেরত এনে টাকা ও কাপড়ের দাম দেওয়া হয়েছে। একই লটের বিক্রি বন্ধ, কোম্পানিকে জানানো হয়েছে।",
        ),
        en=Words(
            subject="Iron caught fire",
            text="The iron I bought yesterday caught fire at the cable when I switched it on. The table cloth is burnt.",
            reply="Are you all safe? Please do not plug it in again. Our man is on his way now.",
            action="Iron taken back, money and cloth paid. Sale of the lot stopped, company informed.",
        ),
    ),
)  # fmt: skip
