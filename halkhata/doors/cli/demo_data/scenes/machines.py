# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Power tillers, pumps, threshers: in the season every day counts."""

from halkhata.doors.cli.demo_data.scenes.scene import Scene, Words

MACHINES = (
    Scene(
        code="tiller-start", trade="machinery", category="product-fault", serial="LG", impact="high", urgency="high", weight=4,
        note="মৌসুমের কাজ, জরুরি। মাঠে মিস্ত্রি পাঠানো হলো।",
        bn=Words(
            subject="পাওয়ার টিলার মাঠে বন্ধ হয়ে আছে",
            text="লাঙল ১৫ ঘোড়া টিলার জমির মাঝখানে বন্ধ হয়ে আছে। চারা রোপণের সময়, দিনে ২,০০০ টাকা ক্ষতি। আজই লোক চাই।",
            reply="মিস্ত্রি পার্টসসহ রওনা হয়েছেন, দুপুরের মধ্যে পৌঁছাবেন। নাম কামরুল, ফোন করে পথ জেনে নেবেন।",
            action="ফুয়েল পাম্পে ময়লা ছিল, মাঠেই পরিষ্কার করে চালু করা হয়েছে। ফিল্টার বদলানো হয়েছে।",
        ),
        en=Words(
            subject="Power tiller stands in the field",
            text="The Langol 15 HP stopped in the middle of my land. It is planting time and I lose 2,000 taka a day. I need "
            "somebody today.",
            reply="A mechanic is on his way with parts and will be there by noon.",
            action="Dirt in the fuel pump, cleaned and started on site. Filter replaced.",
        ),
    ),
    Scene(
        code="pump-pressure", trade="machinery", category="product-fault", serial="JP", weight=4, impact="high",
        bn=Words(
            subject="সেচ পাম্পে পানি কম ওঠে",
            text="ঝর্ণা পাম্প {days} দিন ভালো চলার পর পানি অর্ধেক ওঠে। ধানে পানি দিতে দেরি হয়ে যাচ্ছে।",
            reply="ফুট ভালভটা একবার খুলে ধুয়ে দেখুন। তাতেও না হলে কাল আমাদের লোক যাবে।",
            action="ইমপেলার ক্ষয়ে গিয়েছিল, ওয়ারেন্টিতে বদলানো হয়েছে।",
        ),
        en=Words(
            subject="Pump lifts too little water",
            text="The Jhorna pump worked well for {days} days, now it lifts half the water. The rice cannot wait.",
            reply="Please open and rinse the foot valve once. If that does not help our man comes tomorrow.",
            action="Impeller worn, replaced under warranty.",
        ),
    ),
    Scene(
        code="training", trade="machinery", category="information", kind="request", weight=3, impact="low", urgency="low",
        cause="other", remedy="explained",
        bn=Words(
            subject="মাড়াই মেশিন চালানো শেখানোর অনুরোধ",
            text="মাড়াই মেশিন পেয়েছি, কিন্তু চালানো শেখাতে কেউ আসেনি। ধান পাকতে আর বেশি দেরি নেই।",
            reply="বুধবার সকালে প্রশিক্ষক যাবেন। পাড়ার আরও কেউ শিখতে চাইলে ডেকে রাখুন।",
            action="মাঠে গিয়ে চারজনকে চালানো, তেল-মবিল ও নিরাপত্তা শেখানো হয়েছে।",
        ),
        en=Words(
            subject="Please show us how to run the thresher",
            text="The thresher is here but nobody came to show us how to use it. The rice will be ripe soon.",
            reply="Our trainer comes on Wednesday morning. Call the neighbours if they want to learn, too.",
            action="Four people were shown running, oiling and safety on site.",
        ),
    ),
    Scene(
        code="blade-part", trade="machinery", category="service-delay", cause="part_unavailable", weight=4, serial="LG",
        note="ব্লেড সেট কোম্পানি থেকে আসতে হবে। চাহিদা নম্বর DP-5120।",
        bn=Words(
            subject="টিলারের ফলা পাওয়া যাচ্ছে না",
            text="টিলারের ফলার সেট ভেঙেছে, আপনাদের দোকানে {days} দিন ধরে নেই। বাইরে দ্বিগুণ দাম। কবে আসবে?",
            reply="কোম্পানিতে চাহিদা পাঠানো হয়েছে। না আসা পর্যন্ত পুরোনো এক সেট লাগিয়ে দিতে পারি।",
            action="ফলার সেট এসেছে, ছাড়ে দিয়ে লাগিয়ে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="No blades for my tiller",
            text="The blade set of my tiller broke and you have had none for {days} days. When do they come?",
            reply="We have ordered from the company. Until then we can lend you a used set.",
            action="Blade set arrived, sold at a discount and fitted.",
        ),
    ),
    Scene(
        code="field-worker", trade="machinery", category="behaviour", cause="behaviour", remedy="apology", weight=2, impact="low",
        urgency="medium",
        bn=Words(
            subject="মাঠকর্মীর আচরণ ভালো লাগেনি",
            text="মাঠকর্মী এসে ধমক দিয়ে বললেন “চালাতে জানেন না তো কেনেন কেন”। বয়স্ক মানুষের সাথে এভাবে কথা বলে?",
            reply="আপনার কাছে আমরা ক্ষমা চাই। কর্মীর সঙ্গে কথা হয়েছে, পরেরবার অন্য একজন যাবেন।",
            action="ব্যবস্থাপক বাড়ি গিয়ে দুঃখ প্রকাশ করেছেন।",
        ),
        en=Words(
            subject="Field worker was unkind",
            text='The field worker scolded my father: "why buy it if you cannot run it". One does not speak to an old man like that.',
            reply="We ask your pardon. We have spoken with him; somebody else will come next time.",
            action="The manager visited the house and apologised.",
        ),
    ),
)  # fmt: skip
