"""The guide and the rubric a shop begins with; both are the shop's own to change."""

GUIDE_BN = """\
১. আগে সালাম বা আদাব, তারপর নিজের নাম ও দোকানের নাম।
২. গ্রাহককে সব সময় “আপনি” বলুন; নামের সঙ্গে সাহেব, আপা, ভাই বা তাঁর পছন্দের সম্বোধন।
৩. কথা শেষ করতে দিন। মাঝখানে থামাবেন না, তর্ক করবেন না, দোষ দেবেন না।
৪. সমস্যাটি নিজের ভাষায় একবার বলে নিশ্চিত হোন যে ঠিক বুঝেছেন।
৫. আমাদের ভুল হলে সোজা কথায় দুঃখ প্রকাশ করুন; অজুহাত নয়।
৬. সহজ কথায় বলুন কী হবে, কে করবে, কবের মধ্যে। যা রাখতে পারবেন না, তা কথা দেবেন না।
৭. দেরি হলে গ্রাহক জিজ্ঞেস করার আগে আপনি জানান।
৮. রাগী গ্রাহকের সঙ্গে গলা নামিয়ে কথা বলুন; না পারলে দলনেতাকে দিন।
৯. গ্রাহকের কথা, নম্বর ও ছবি দোকানের বাইরে কাউকে নয়। কল রেকর্ড হলে আগে জানান।
১০. শেষে ধন্যবাদ দিন এবং বলুন, আবার দরকার হলে কীভাবে আমাদের পাবেন।"""

GUIDE_EN = """\
1. Greet first, then say your name and the shop's.
2. Always address the customer in the respectful form (আপনি), with the title they like.
3. Let them finish. Do not interrupt, argue or blame.
4. Say the problem once in your own words, to be sure you understood it.
5. Where we were wrong, say sorry plainly; no excuses.
6. Say in simple words what will be done, by whom and by when. Promise nothing you cannot keep.
7. When it takes longer, tell the customer before they ask.
8. With an angry customer lower your voice; if you cannot, hand over to the lead.
9. What customers say, their numbers and photos stay in the shop. Say beforehand when a call is recorded.
10. Thank them at the end, and say how to reach us again."""

# Bengali name, English name, what to look for in Bengali, in English
RUBRIC = (
    ("সম্ভাষণ", "Greeting", "সালাম, নিজের পরিচয়, শেষে ধন্যবাদ", "A greeting, who is speaking, thanks at the end"),
    ("স্পষ্টতা", "Clarity", "কী হবে, কে করবে, কবে: সহজ কথায়", "What will be done, by whom, by when: in simple words"),
    ("সম্মান", "Respect", "“আপনি” সম্বোধন, ধৈর্য, কোনো দোষারোপ নয়", "Respectful form, patience, no blame"),
    (
        "সমাধান",
        "Resolution",
        "সমস্যা ধরা হয়েছে ও এগিয়েছে, কথা রাখা হয়েছে",
        "The matter was understood and moved on, promises kept",
    ),
)
