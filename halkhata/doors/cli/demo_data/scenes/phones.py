# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Mobile phones: IMEI, displays, batteries, exchange, kisti."""

from halkhata.doors.cli.demo_data.scenes.scene import Scene, Words

PHONES = (
    Scene(
        code="imei-mismatch", trade="phone", category="warranty", serial="35", cause="wrong_information", remedy="replaced",
        urgency="high", weight=4, note="মেমোতে IMEI লিখতে এক অঙ্ক ভুল হয়েছে। বাক্স মিলিয়ে দেখলাম।",
        bn=Words(
            subject="মেমোর IMEI আর ফোনের IMEI মেলে না",
            text="*#06# চেপে দেখি ফোনের IMEI একটা, মেমো {memo}-এ লেখা আরেকটা। ফোন কি বন্ধ হয়ে যাবে? নিবন্ধন হবে কীভাবে?",
            reply="ফোনটা বাক্সসহ আনুন। নম্বর মিলিয়ে সঠিক মেমো করে দেব, নিবন্ধনও আমরা দেখে দেব।",
            action="এক অঙ্ক ভুল লেখা ছিল। সঠিক মেমো দেওয়া হয়েছে, নিবন্ধন দেখে নেওয়া হয়েছে।",
        ),
        en=Words(
            subject="IMEI on the memo is another one",
            text="*#06# shows one IMEI, memo {memo} has another. Will my phone be blocked? How do I register it?",
            reply="Please bring phone and box. We compare the numbers, write a correct memo and check the registration.",
            action="One digit had been written wrong. Correct memo handed over, registration checked.",
        ),
    ),
    Scene(
        code="phone-heats", trade="phone", category="product-fault", serial="35", weight=4,
        bn=Words(
            subject="ফোন অতিরিক্ত গরম হয়",
            text="তারা এস৫ ফোন কথা বললেই গরম হয়ে যায়, চার্জ দুই ঘণ্টাও থাকে না। কিনেছি {days} দিন।",
            reply="ফোনটা একদিন রেখে যেতে হবে, টেস্ট করে দেখব। ব্যাটারি হলে ওয়ারেন্টিতে বদলাব।",
            action="ব্যাটারি বদলানো হয়েছে (ওয়ারেন্টি), সফটওয়্যার হালনাগাদ করা হয়েছে।",
        ),
        en=Words(
            subject="Phone gets very warm",
            text="My Tara S5 gets warm as soon as I talk and the charge lasts less than two hours. I have had it for {days} days.",
            reply="Please leave it with us for a day for a test. If it is the battery we replace it under warranty.",
            action="Battery replaced under warranty, software updated.",
        ),
    ),
    Scene(
        code="display-dead", trade="phone", category="product-fault", serial="35", impact="high", weight=4, cause="misuse",
        remedy="refused", note="ভেতরে পানির দাগ আছে, ছবি তুলে রাখা হয়েছে।",
        bn=Words(
            subject="ডিসপ্লে কালো হয়ে গেছে",
            text="পকেট থেকে বের করে দেখি ডিসপ্লে কালো, কোথাও পড়েনি। {days} দিন হলো কিনেছি, বদলে দিন।",
            reply="ফোন খুলে দেখা হবে আপনার সামনেই। পানি বা চাপের দাগ না থাকলে ওয়ারেন্টিতে পড়ে।",
            action="ভেতরে পানি ঢুকেছিল, ছবি দেখানো হয়েছে। ওয়ারেন্টিতে পড়ে না; কম দামে ডিসপ্লে বদলের প্রস্তাব দেওয়া হয়েছে। আপত্তি থাকলে প্রধান কার্যালয়ে জানাতে পারেন।",
        ),
        en=Words(
            subject="Display has gone black",
            text="I took the phone out of my pocket and the display was black. It never fell. Bought {days} days ago.",
            reply="We will open it in front of you. Without marks of water or pressure it falls under warranty.",
            action="Water had got in; pictures shown. Not under warranty; a new display offered at a lower price. The customer may "
            "write to head office.",
        ),
    ),
    Scene(
        code="kisti-amount", trade="phone", category="billing", cause="billing", remedy="explained", weight=4, urgency="high",
        bn=Words(
            subject="কিস্তির হিসাব মিলছে না",
            text="ছয় কিস্তিতে ২,২০০ করে বলেছিলেন, এখন বলছেন ২,৪৫০। রসিদ নং {memo}। কোনটা ঠিক?",
            reply="কাগজে যা লেখা, সেটাই ঠিক: ২,২০০ টাকা। বাড়তি যা নেওয়া হয়েছে পরের কিস্তিতে কাটা যাবে।",
            action="হিসাব ঠিক করা হয়েছে, ২৫০ টাকা পরের কিস্তিতে সমন্বয় করা হয়েছে।",
        ),
        en=Words(
            subject="Instalment amount is wrong",
            text="Six instalments of 2,200 were agreed, now you ask 2,450. Receipt no. {memo}. Which is right?",
            reply="What the paper says is right: 2,200 taka. What was taken too much comes off the next instalment.",
            action="Account corrected, 250 taka taken off the next instalment.",
        ),
    ),
    Scene(
        code="exchange-price", trade="phone", category="information", kind="question", impact="low", urgency="low", weight=3,
        cause="other", remedy="explained",
        bn=Words(
            subject="পুরোনো ফোন এক্সচেঞ্জে কত পাব",
            text="তারা এস৩ আছে, দেড় বছর চালিয়েছি। এক্সচেঞ্জ করে এস৫ নিলে কত দাম ধরবেন?",
            reply="ফোন না দেখে ঠিক দাম বলা যায় না; ভালো অবস্থায় ৪,৫০০ থেকে ৫,৫০০ টাকা ধরা হয়। বাক্স আনলে ভালো।",
            action="দাম জানানো হয়েছে, গ্রাহক শুক্রবার আসবেন।",
        ),
        en=Words(
            subject="How much for my old phone",
            text="I have a Tara S3, one and a half years old. What do I get for it if I take an S5?",
            reply="We have to see it; in good condition it is 4,500 to 5,500 taka. Please bring the box.",
            action="Price told, the customer comes on Friday.",
        ),
    ),
    Scene(
        code="charger-missing", trade="phone", category="delivery", cause="delivery", remedy="replaced", weight=3, impact="low",
        bn=Words(
            subject="বাক্সে চার্জার ছিল না",
            text="বাড়ি এসে বাক্স খুলে দেখি চার্জার নেই। মেমো {memo}। দোকানে বললে বিশ্বাস করে না।",
            reply="বাক্স সিল করার ভিডিও দেখা হয়েছে, চার্জার বাদ পড়েছিল। আপনারটা রাখা আছে, যখন সুবিধা নিয়ে যান।",
            action="চার্জার দেওয়া হয়েছে, দুঃখ প্রকাশ করা হয়েছে।",
        ),
        en=Words(
            subject="No charger in the box",
            text="At home I opened the box and there was no charger. Memo {memo}. The shop does not believe me.",
            reply="We have looked at the video: the charger was left out. Yours is kept here for you.",
            action="Charger handed over with an apology.",
        ),
    ),
)  # fmt: skip
