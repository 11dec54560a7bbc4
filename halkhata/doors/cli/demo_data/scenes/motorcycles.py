# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Motorcycles: free services, parts, papers, repairs."""

from halkhata.doors.cli.demo_data.scenes.scene import Scene, Words

MOTORCYCLES = (
    Scene(
        code="second-service", trade="motorcycle", category="service-delay", serial="CM", cause="service_delay",
        remedy="apology", weight=6, note="জব কার্ড খোলা হয়েছিল, কিন্তু সিরিয়ালে তোলা হয়নি। কাল প্রথমেই ধরব।",
        bn=Words(
            subject="দ্বিতীয় ফ্রি সার্ভিস সময়মতো হয়নি",
            text="গত {days} দিন ধরে ঝড় ১২৫ বাইকের দ্বিতীয় ফ্রি সার্ভিসের জন্য ঘুরছি। সকালে এলে বলে বিকেলে আসেন, বিকেলে এলে বলে মিস্ত্রি "
            "নেই। কুপনের মেয়াদ শেষ হয়ে গেলে দায় কার?",
            reply="দেরির জন্য দুঃখিত। আপনার কুপনের মেয়াদ নষ্ট হবে না, আমরা লিখে রেখেছি। কাল সকাল ১০টায় আসুন, আপনার বাইক প্রথমেই ধরা হবে।",
            action="দ্বিতীয় ফ্রি সার্ভিস সেদিনই করে দেওয়া হয়েছে, চেইন সেট বিনা মূল্যে পরিষ্কার করা হয়েছে। কুপন জমা নেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Second free service not done on time",
            text="I have come three times in {days} days for the second free service of my Jhor 125. Each time I am told that the "
            "mechanic is away. Who is responsible if my coupon runs out?",
            reply="We are sorry for the delay. Your coupon stays valid, we have noted it. Please come tomorrow at 10 am; your "
            "bike will be taken first.",
            action="Second free service done the same day, chain set cleaned free of charge, coupon taken in.",
        ),
    ),
    Scene(
        code="hard-start", trade="motorcycle", category="product-fault", serial="CM", weight=5,
        note="কার্বুরেটর খুলে দেখা গেছে ময়লা নেই, প্লাগ কভার বদলাতে হবে।",
        bn=Words(
            subject="সকালে বাইক স্টার্ট নেয় না",
            text="কেনার {days} দিনের মাথায় সকালবেলা ঝড় ১২৫ স্টার্ট নেয় না, ১৫-২০ বার কিক দিতে হয়। মেমো নং {memo}। নতুন বাইকে এমন হবে কেন?",
            reply="ভাই, বাইকটা আজ বা কাল নিয়ে আসুন। ওয়ারেন্টির মধ্যে আছে, কোনো টাকা লাগবে না। এক ঘণ্টার মধ্যে দেখে দেব।",
            action="ইগনিশন প্লাগ ও তার কভার বদলানো হয়েছে (ওয়ারেন্টি)। পরদিন সকালে ফোন করে নিশ্চিত হওয়া গেছে, এক কিকে স্টার্ট নিচ্ছে।",
        ),
        en=Words(
            subject="Bike does not start in the morning",
            text="{days} days after I bought it the Jhor 125 needs fifteen kicks every morning. Memo no. {memo}. Why does a new "
            "bike do this?",
            reply="Please bring the bike today or tomorrow. It is under warranty and costs you nothing; we will look at it "
            "within an hour.",
            action="Plug and plug cover replaced under warranty. Called the next morning: it starts with one kick.",
        ),
    ),
    Scene(
        code="registration-papers", trade="motorcycle", category="delivery", cause="service_delay", remedy="explained",
        weight=5, note="ফাইল বিআরটিএতে জমা আছে, টোকেন হয়েছে। গ্রাহককে টোকেনের ছবি দিতে হবে।",
        bn=Words(
            subject="রেজিস্ট্রেশনের কাগজ এখনো পাইনি",
            text="বাইক কিনেছি {days} দিন, টাকা পুরো জমা। এখনো রেজিস্ট্রেশনের কাগজ বা নম্বর কিছুই পাইনি। রাস্তায় ট্রাফিক ধরলে কী বলব?",
            reply="আপনার ফাইল জমা আছে, টোকেন হয়ে গেছে। টোকেনের কপি আজই দোকান থেকে নিতে পারেন, পথে এটা দেখালেই চলবে।",
            action="টোকেনের কপি দেওয়া হয়েছে, কাগজ এলে ফোন করার তারিখ লিখে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Registration papers still not here",
            text="I paid in full {days} days ago and still have neither papers nor a number. What do I tell the police?",
            reply="Your file is with the authority and the token is ready. You can take a copy from the shop today; it is "
            "enough on the road.",
            action="Copy of the token handed over, date for the papers written down.",
        ),
    ),
    Scene(
        code="mileage", trade="motorcycle", category="product-fault", serial="CM", weight=4, impact="low", remedy="explained",
        cause="no_fault",
        bn=Words(
            subject="বিজ্ঞাপনের মতো মাইলেজ পাচ্ছি না",
            text="বলেছিলেন লিটারে ৫৫ কিলোমিটার যাবে, পাচ্ছি ৩৮। {days} দিন ধরে মেপে দেখছি। হয় ঠিক করেন, নয় জবাব দেন।",
            reply="ধন্যবাদ, মেপে জানানোর জন্য। প্রথম ১০০০ কিলোমিটারে একটু কম পাওয়া যায়। বাইক আনলে বাতাসের চাপ আর টিউনিং দেখে একসাথে ১ লিটার মেপে চালাব।",
            action="একসাথে মেপে চালানো হয়েছে: লিটারে ৪৯ কিমি। চাকার হাওয়া কম ছিল, ঠিক করে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Mileage is not what you promised",
            text="You said 55 km a litre. I measured for {days} days and get 38. Please put it right or explain.",
            reply="Thank you for measuring. In the first 1000 km it is a little less. Bring the bike and we will ride one "
            "measured litre together.",
            action="Measured ride together: 49 km a litre. Tyre pressure was low and has been corrected.",
        ),
    ),
    Scene(
        code="part-missing", trade="motorcycle", category="service-delay", cause="part_unavailable", remedy="repaired", weight=4,
        serial="CM", impact="high", note="হেডলাইট অ্যাসেম্বলি ডিপোতে নেই। কোম্পানিকে চাহিদা পাঠানো হয়েছে, নম্বর DP-4417।",
        bn=Words(
            subject="পার্টস নেই বলে বাইক পড়ে আছে",
            text="হেডলাইট অ্যাসেম্বলি নেই বলে আমার দোয়েল ১১০ বাইক {days} দিন আপনাদের গ্যারেজে পড়ে আছে। কাজে যেতে পারছি না, রোজ অটোভাড়া যাচ্ছে।",
            reply="পার্টস কোম্পানির কাছে চাওয়া হয়েছে। এলেই জানাব; ততদিন চলার জন্য দোকানের বাইক নিতে পারেন।",
            action="কোম্পানি থেকে হেডলাইট এসেছে, লাগিয়ে বাইক বাড়ি পৌঁছে দেওয়া হয়েছে। মজুরি নেওয়া হয়নি।",
        ),
        en=Words(
            subject="Bike stands in your garage for want of a part",
            text="My Doel 110 has been in your garage for {days} days because there is no headlight assembly. I pay for an auto "
            "every day to get to work.",
            reply="We have asked the company for the part and will call as soon as it is here. Until then you may use the shop's bike.",
            action="Headlight arrived from the company and was fitted; bike brought home, no labour charged.",
        ),
    ),
    Scene(
        code="rude-counter", trade="motorcycle", category="behaviour", cause="behaviour", remedy="apology", weight=3, impact="low",
        urgency="high", note="কাউন্টারে কে ছিল খোঁজ নিলাম। ম্যানেজার কথা বলেছেন।",
        bn=Words(
            subject="কাউন্টারে খারাপ ব্যবহার",
            text="সার্ভিসের কথা জিজ্ঞেস করাতে কাউন্টারের লোক বললেন “এত তাড়া থাকলে অন্য জায়গায় যান”। আট বছর ধরে আপনাদের দোকানে আসি, এমন ব্যবহার আশা করিনি।",
            reply="আমরা লজ্জিত। যিনি এ কথা বলেছেন, ব্যবস্থাপক তাঁর সঙ্গে কথা বলেছেন। আপনার কাছে নিজে এসে ক্ষমা চাইবেন।",
            action="ব্যবস্থাপক ফোনে ক্ষমা চেয়েছেন, পরের সার্ভিসে আপ্যায়ন ও ইঞ্জিন অয়েল উপহার দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Rude behaviour at the counter",
            text='When I asked about my service the man at the counter said "go elsewhere if you are in such a hurry". I have '
            "been your customer for eight years.",
            reply="We are ashamed. The manager has spoken with him and he will apologise to you in person.",
            action="The manager apologised by phone; engine oil given free with the next service.",
        ),
    ),
    Scene(
        code="noise-again", trade="motorcycle", category="repair-again", serial="CM", cause="workmanship", weight=4,
        bn=Words(
            subject="সারানোর পরও চেইনে শব্দ",
            text="গত সপ্তাহে চেইনের শব্দ সারালেন, ৬৫০ টাকা নিলেন। {days} দিন না যেতেই আবার সেই কটকট শব্দ। মেমো {memo}।",
            reply="একই সমস্যা আবার হলে আর টাকা লাগবে না। আজ বিকেলে আসুন, সিনিয়র মিস্ত্রি নিজে দেখবেন।",
            action="স্প্রকেট ক্ষয়ে গিয়েছিল, আগেরবার ধরা পড়েনি। বিনা মজুরিতে বদলে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Chain noise back after repair",
            text="Last week you repaired the chain noise and took 650 taka. After {days} days it rattles again. Memo {memo}.",
            reply="The same fault costs you nothing a second time. Come this afternoon, the senior mechanic will look himself.",
            action="The sprocket was worn, which was missed before. Replaced without labour charge.",
        ),
    ),
    Scene(
        code="kisti-twice", trade="motorcycle", category="billing", cause="billing", remedy="other", weight=4, impact="medium",
        urgency="high", note="রসিদ বই মিলিয়েছি: ১৭ তারিখের ৫,০০০ টাকা অন্য নামে উঠেছে।",
        bn=Words(
            subject="কিস্তির টাকা খাতায় ওঠেনি",
            text="গত মাসে ৫,০০০ টাকা কিস্তি দিয়েছি, রসিদ নং {memo}। আজ ফোন করে বলছেন বাকি আছে। রসিদ তো আমার হাতে।",
            reply="রসিদটা আমরা মিলিয়ে দেখছি। আপনার কাছ থেকে দ্বিতীয়বার কোনো টাকা চাওয়া হবে না।",
            action="ভুলে অন্য নামে উঠেছিল, খাতা ঠিক করা হয়েছে। হালনাগাদ হিসাব ছেপে গ্রাহককে দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="My instalment is not in your book",
            text="I paid 5,000 taka last month, receipt no. {memo}. Today you called and said it is due. I hold the receipt.",
            reply="We are checking the receipt. Nobody will ask you for it a second time.",
            action="It had been booked under another name. Book corrected, new statement handed to the customer.",
        ),
    ),
    Scene(
        code="offer-helmet", trade="motorcycle", category="information", kind="question", weight=3, impact="low", urgency="low",
        cause="wrong_information", remedy="explained",
        bn=Words(
            subject="অফারের হেলমেট কবে পাব",
            text="মেলার সময় বাইক কিনলে হেলমেট ফ্রি বলেছিলেন। এখনো পাইনি। কবে আসব নিতে?",
            reply="হেলমেট এসেছে, আপনার নামে আলাদা করে রেখেছি। যেকোনো দিন ৯টা থেকে ৮টার মধ্যে আসুন।",
            action="হেলমেট হাতে দেওয়া হয়েছে, সই নেওয়া হয়েছে।",
        ),
        en=Words(
            subject="When do I get the free helmet",
            text="At the fair you said a helmet comes free with the bike. I have not got it yet. When can I fetch it?",
            reply="It is here and kept in your name. Come any day between 9 am and 8 pm.",
            action="Helmet handed over against signature.",
        ),
    ),
    Scene(
        code="brake-fail", trade="motorcycle", category="product-fault", serial="CM", impact="high", urgency="high", weight=0,
        note="বাইক চালাতে মানা করা হয়েছে। পিকআপ পাঠিয়ে আনা হচ্ছে।",
        bn=Words(
            subject="সামনের ব্রেক ফেল করেছে",
            text="আজ সকালে বাজারের মোড়ে হঠাৎ সামনের ব্রেক ফেল করল। অল্পের জন্য বেঁচে গেছি, সাথে বাচ্চা ছিল। বাইকের বয়স তিন মাস। এটা কেমন বাইক দিলেন?",
            reply="আপনি ও বাচ্চা ভালো আছেন জেনে স্বস্তি পেলাম। দয়া করে বাইকটি আর চালাবেন না, আমাদের গাড়ি গিয়ে নিয়ে আসবে।",
            action="মাস্টার সিলিন্ডারের সিল ত্রুটিপূর্ণ ছিল, পুরো সেট বদলানো হয়েছে। কোম্পানিকে জানানো হয়েছে।",
        ),
        en=Words(
            subject="Front brake failed",
            text="This morning the front brake failed at the market corner. My child was with me. The bike is three months old.",
            reply="We are glad that you are both well. Please do not ride the bike; our van will fetch it.",
            action="Faulty seal in the master cylinder, whole set replaced. The company has been told.",
        ),
    ),
)  # fmt: skip
