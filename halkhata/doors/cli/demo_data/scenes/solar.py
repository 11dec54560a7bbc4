# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""Solar home systems and inverters. One batch of batteries is bad: the reader of reports should find it."""

from halkhata.doors.cli.demo_data.scenes.scene import Scene, Words

SOLAR = (
    Scene(
        code="dead-battery", trade="solar", category="product-fault", serial="KB2407", impact="high", weight=0, remedy="replaced",
        note="ব্যাচ KB2407। এই ব্যাচে এটা আর একটা। কোম্পানিকে একসাথে দাবি পাঠাতে হবে।",
        bn=Words(
            subject="সোলার ব্যাটারি চার্জ ধরে না",
            text="কিরণ ১৩০ ব্যাটারি লাগানোর পাঁচ মাস না যেতেই রাতে এক ঘণ্টাও আলো থাকে না। ছেলেমেয়ের পড়া বন্ধ। ব্যাচ নম্বর ব্যাটারির গায়ে লেখা আছে।",
            reply="এই ব্যাচের আরও কয়েকটি ব্যাটারিতে একই সমস্যা পাওয়া গেছে। আমাদের লোক গিয়ে পরীক্ষা করে ব্যাটারি বদলে দেবে।",
            action="পরীক্ষায় সেল মৃত পাওয়া গেছে। অন্য ব্যাচের নতুন ব্যাটারি বসানো হয়েছে।",
        ),
        en=Words(
            subject="Solar battery does not hold its charge",
            text="The Kiron 130 battery is not five months old and gives less than an hour of light. My children cannot study. The "
            "batch is printed on it.",
            reply="Several batteries of this batch have the same fault. Our man will come, test it and replace it.",
            action="Dead cell found. New battery of another batch installed.",
        ),
    ),
    Scene(
        code="panel-dust", trade="solar", category="product-fault", serial="SP", weight=4, impact="low", cause="no_fault",
        remedy="explained",
        bn=Words(
            subject="প্যানেল থেকে চার্জ কম আসে",
            text="রোদ ঠিকমতো আছে, তবু {days} দিন ধরে ব্যাটারি পুরো চার্জ হয় না। প্যানেল কি নষ্ট?",
            reply="আগে প্যানেলের ধুলা ভেজা কাপড়ে মুছে দেখুন। না হলে বৃহস্পতিবার মাঠকর্মী যাবেন।",
            action="মাঠকর্মী প্যানেল পরিষ্কার করে কোণ ঠিক করেছেন, চার্জ স্বাভাবিক।",
        ),
        en=Words(
            subject="Panel charges too little",
            text="There is plenty of sun but for {days} days the battery has not been full. Is the panel broken?",
            reply="Please wipe the dust off the panel first. If that does not help our field worker comes on Thursday.",
            action="Panel cleaned and its angle corrected by the field worker; charging is normal.",
        ),
    ),
    Scene(
        code="inverter-beep", trade="solar", category="repair-again", serial="IV", weight=4, cause="workmanship",
        bn=Words(
            subject="ইনভার্টার সারানোর পর আবার বিপ করে",
            text="কন্ট্রোলার বদলে দিলেন {days} দিন আগে। এখন সারাক্ষণ বিপ বিপ, আলো নিবে যায়। আর কতবার আসব?",
            reply="আর আসতে হবে না, আমরাই আসছি। ফি লাগবে না।",
            action="সংযোগ ঢিলা ছিল, নতুন টার্মিনাল লাগানো হয়েছে। দুই দিন পর ফোনে জেনে ঠিক আছে।",
        ),
        en=Words(
            subject="Inverter beeps again after repair",
            text="You changed the controller {days} days ago. Now it beeps all the time and the light goes out.",
            reply="You need not come again, we come to you. No fee.",
            action="Loose connection, new terminal fitted. Called two days later: all right.",
        ),
    ),
    Scene(
        code="visit-missed", trade="solar", category="service-delay", cause="service_delay", remedy="apology", weight=5,
        urgency="high",
        bn=Words(
            subject="লোক আসার কথা, আসেনি",
            text="মঙ্গলবার আর বৃহস্পতিবার দুই দিনই টেকনিশিয়ান আসার কথা ছিল, আসেনি। {days} দিন অন্ধকারে আছি। গ্রাম বলে কি আমাদের দাম নেই?",
            reply="দাম অবশ্যই আছে, ভুল আমাদের। কাল সকাল ৯টায় মাঠকর্মী রওনা হবেন, পৌঁছানোর আগে ফোন করবেন।",
            action="মাঠকর্মী গিয়ে ফিউজ ও তার বদলেছেন। দেরির জন্য একটি এলইডি বাতি দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="Nobody came",
            text="A technician was to come on Tuesday and on Thursday, nobody came. We have had no light for {days} days.",
            reply="The mistake is ours. Our field worker starts tomorrow at 9 and will call before he arrives.",
            action="Fuse and cable replaced on site; an LED lamp given for the delay.",
        ),
    ),
    Scene(
        code="solar-due", trade="solar", category="billing", cause="billing", remedy="explained", weight=3, impact="low",
        bn=Words(
            subject="কিস্তি শেষ, তবু বাকি দেখায়",
            text="২৪ কিস্তি শেষ করেছি, শেষ রসিদ {memo}। তবু আদায়কারী এসে বাকি চায়। দুইবার ফেরত দিয়েছি।",
            reply="আপনার শেষ রসিদ পেয়েছি। পরিশোধের সনদ আজই ছেপে দিচ্ছি, আর কেউ চাইতে যাবে না।",
            action="শেষ কিস্তি খাতায় তোলা হয়েছে, পরিশোধের সনদ দেওয়া হয়েছে।",
        ),
        en=Words(
            subject="All instalments paid, still shown as due",
            text="I have paid all 24 instalments, last receipt {memo}. Still the collector comes and asks.",
            reply="We have your last receipt. A letter that all is paid is printed today; nobody will come again.",
            action="Last instalment entered, letter of full payment handed over.",
        ),
    ),
)  # fmt: skip
