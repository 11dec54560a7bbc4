"""The new words of a reply in the spellings that mail programs use in Bengali and English."""

import time

import pytest

from halkhata.engines.messaging.mime.reply_text import visible_reply

NEW = "ফ্যান এখনো ঘোরে না।\nদয়া করে দেখুন।"


@pytest.mark.parametrize(
    "tail",
    [
        "সোম, ৩ মার্চ, ২০২৫ তারিখে ৪:১১ PM টায় দোকান <support@shop.test> লিখেছেন:\n\n> পুরনো কথা\n> আরো",
        "৩ মার্চ, ২০২৫ এ ৪:১১ PM এ, দোকান <support@shop.test> লিখেছেন:\n\nপুরনো কথা",
        "সোম, ৩ মার্চ, ২০২৫ তারিখে ৪:১১ PM টায় দোকান\n<support@shop.test> লিখেছেন:\n\n> পুরনো কথা",
        "On Mon, 3 Mar 2025 at 16:11, Shop <support@shop.test> wrote:\n\n> old\n> words",
        "On Mon, 3 Mar 2025 at 16:11, Shop Support Desk of Dhaka\n<support@shop.test> wrote:\n> old",
        "On Mar 3, 2025, at 4:11 PM, Shop <support@shop.test> wrote:\n\nold words",
        "প্রেরক: দোকান <support@shop.test>\nপ্রেরিত: ৩ মার্চ ২০২৫\nপ্রতি: রহিম\nবিষয়: ফ্যান\n\nপুরনো কথা",
        "From: Shop <support@shop.test>\nSent: Monday, March 3, 2025\nTo: R\nSubject: Fan\n\nold",
        "*From:* Shop <support@shop.test>\n*Sent:* Monday\n*To:* R\n*Subject:* Fan\n\nold",
        "________________________________\nFrom: Shop\nSent: x\n\nold",
        "-----Original Message-----\nold",
        "---- মূল বার্তা ----\nপুরনো",
        "-- \nরহিম\nঢাকা",
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Get Outlook for Android<https://x.test>",
        "আমার আইফোন থেকে পাঠানো",
        "আমার iPhone থেকে পাঠানো হয়েছে",
        "> পুরনো কথা\n> আরো",
        "Sent from my iPhone\n\nOn 3 Mar 2025, at 16:11, Shop <s@shop.test> wrote:\n\nold",
        "Am 03.03.2025 um 16:11 schrieb Shop <s@shop.test>:\n\nalt",
    ],
)
def test_history_and_signature_are_cut(tail):
    assert visible_reply(f"{NEW}\n\n{tail}") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I bought 2 fans. The man wrote: no guarantee.\nThat is wrong.",
        "From: Dhaka\nI want my money back.",
        "তারিখ: ৩ মার্চ\nআমি ফ্যান কিনেছি।",
        "- one\n- two",
        "দোকান থেকে পাঠানো মাল ভাঙা",
        "Price: 500 Tk:\nthat is too much",
    ],
)
def test_own_words_that_look_like_headers_stay(text):
    assert visible_reply(text) == text


def test_words_below_and_between_quotes_stay():
    text = "On 3 Mar 2025, Shop <s@shop.test> wrote:\n> Which model?\nModel 7\n> Which branch?\nDhaka"
    assert visible_reply(text) == "Model 7\nDhaka"


@pytest.mark.parametrize("text", ["> only a quote", "Sent from my iPhone", "-- \nRahim", "On 3 Mar, a@b wrote:\n> x"])
def test_never_empty_when_there_were_words(text):
    assert visible_reply(text) == text.strip()


def test_empty_stays_empty():
    assert visible_reply(" \r\n ") == ""


@pytest.mark.parametrize(
    "piece", ["On 12 x\n", "From: a\n", "> a\n", "-- \n", "On 3 wrote", "সোম লিখেছেন ", " ", "\n", "_", "From: \n\n> "]
)
def test_one_megabyte_takes_under_two_seconds(piece):
    text = "a" + piece * (1_000_000 // len(piece)) + "b:"
    start = time.process_time()
    assert visible_reply(text)
    assert visible_reply(text[:1990] + "\nb:")
    assert time.process_time() - start < 2
