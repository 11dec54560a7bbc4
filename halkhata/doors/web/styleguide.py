"""The page that shows every component of the design, in the reader's language. Staff only; it reads no data."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from halkhata.foundation.core.charts import Bar, draw_bars, draw_columns
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.templatetags.halkhata import localdate

# Samples, not texts of the product: each language has its own, and they are not in the catalogue.
SAMPLES: dict[str, dict[str, Any]] = {
    "bn": {
        "title": "নকশার নমুনা",
        "subtitle": "সব অংশ এক পাতায়: এখান থেকে নিন, নতুন করে বানাবেন না।",
        "add": "নতুন অভিযোগ",
        "parts": {
            "tabs": "ট্যাব ও ছাঁকনি",
            "stats": "সংখ্যা",
            "badges": "অবস্থা",
            "buttons": "বোতাম",
            "list": "তালিকা",
            "data": "তথ্য",
            "form": "ফরম",
            "composer": "উত্তর ও নোট",
            "timeline": "যা যা ঘটেছে",
            "alerts": "বার্তা",
            "empty": "খালি পাতা",
            "charts": "চিত্র",
            "steps": "ধাপ ও অগ্রগতি",
            "colours": "রং",
            "type": "লেখা",
            "layers": "মেনু ও জানালা",
        },
        "tabs": ["সব", "আমার", "দেরি হয়েছে", "সমাধান হয়েছে"],
        "views": ["আজকের কাজ", "শাখা: মিরপুর", "বাকি কিস্তি"],
        "stats": [
            ("খোলা অভিযোগ", "এখন খোলা, সব শাখা"),
            ("দেরি হয়েছে", "সময় পার হয়েছে, এখনও খোলা"),
            ("আজ সময় শেষ", "আজ রাত ১২টার মধ্যে"),
            ("গড় নম্বর", "৫-এর মধ্যে, গত ৩০ দিন, ৪২টি উত্তর"),
        ],
        "columns": ["অভিযোগ", "গ্রাহক", "অবস্থা", "সময়", "দায়িত্বে"],
        "states": ["নতুন", "চলছে", "গ্রাহকের অপেক্ষায়", "সমাধান হয়েছে", "বন্ধ", "দেরি হয়েছে", "উপরে গেছে"],
        "rows": [
            ("ফ্রিজ ঠান্ডা হয় না", "রহিমা খাতুন (নমুনা)"),
            ("কিস্তির রসিদ পাইনি", "শ্রীকৃষ্ণ ট্রেডার্স (নমুনা)"),
            ("কম্প্রেসর থেকে ধোঁয়া বের হচ্ছে", "আব্দুল করিম (নমুনা)"),
        ],
        "staff": "তানিয়া (নমুনা)",
        "facts": [
            ("গ্রাহক", "রহিমা খাতুন (নমুনা)"),
            ("শাখা", "মিরপুর"),
            ("পণ্য", "ফ্রিজ, ২১০ লিটার"),
            ("ওয়ারেন্টি", "২০২৭ সালের মার্চ পর্যন্ত"),
            ("বাকি", "৳১২,৩৪,৫৬৭"),
        ],
        "fields": {
            "phone": "ফোন নম্বর",
            "phone_help": "বাংলা বা ইংরেজি অঙ্কে, যেভাবে সুবিধা।",
            "phone_error": "এই নম্বরে একটি অঙ্ক কম আছে।",
            "branch": "শাখা",
            "branches": ["মিরপুর", "উত্তরা"],
            "note": "কী হয়েছে?",
            "urgent": "আজই দেখতে হবে",
            "channel": "কীভাবে জানাব?",
            "channels": ["ফোন", "এসএমএস", "ই-মেইল"],
        },
        "recipient": "রহিমা খাতুন (rahima@example.com)",
        "entries": [
            ("customer", "mail", "গ্রাহক লিখেছেন", "ফ্রিজটি দুই দিন ধরে ঠান্ডা হচ্ছে না।\nদয়া করে লোক পাঠান।"),
            ("staff", "send", "উত্তর গেছে", "আগামীকাল সকাল ১০টায় মিস্ত্রি যাবেন।"),
            ("note", "lock", "তানিয়া (নমুনা)", "কম্প্রেসর বদলাতে হতে পারে, গুদামে একটি আছে।"),
            ("bad", "stairs-up", "প্রথম উত্তরের সময় পার হয়েছে, শাখা প্রধানকে জানানো হয়েছে", ""),
        ],
        "alerts": [
            ("info", "শুক্রবার দোকান বন্ধ।", ""),
            ("good", "রসিদ পাঠানো হয়েছে।", ""),
            ("warn", "মেইল গেছে কি না জানা যায়নি।", "আবার পাঠানোর আগে গ্রাহককে জিজ্ঞেস করুন।"),
            ("bad", "রসিদ পাঠানো যায়নি।", "মেইল সার্ভার উত্তর দেয়নি। লেখা রাখা আছে; আবার চেষ্টা করুন।"),
        ],
        "empty": (
            "এখনও কোনো অভিযোগ নেই",
            "গ্রাহকের অভিযোগ এখানে আসবে: মেইল, ফোন বা দোকানে এসে।",
            "“ফ্রিজ ঠান্ডা হয় না”, মিরপুর শাখা, আজ ১১টায় ফোনে।",
        ),
        "chart": ("শাখা অনুযায়ী খোলা অভিযোগ", "এখন খোলা, মোট ৭৩টি", "শাখা", "অভিযোগ", ["মিরপুর", "উত্তরা", "চট্টগ্রাম", "ময়মনসিংহ"]),
        "weekly": ("প্রতিদিন নতুন অভিযোগ", "গত ১৪ দিন", "দিন", "অভিযোগ"),
        "steps": ["ভাষা", "ব্যবসা", "দোকান", "সময়", "শুরু"],
        "job": "গ্রাহকের তালিকা আনা হচ্ছে",
        "menu": ["সম্পাদনা", "ছাপান", "মুছে ফেলুন"],
        "dialog": ("অভিযোগ বন্ধ করবেন?", "গ্রাহক সাত দিনের মধ্যে উত্তর দিলে এটি আবার খুলবে।", "বন্ধ করুন", "না"),
        "toast": "একটি ছোট বার্তা দেখান",
        "saved": "রাখা হয়েছে।",
        "swatches": ["মূল রং", "কাগজ", "পাতা", "লেখা", "ফিকে লেখা", "রেখা"],
        "conjuncts": "ক্ষমা, জ্ঞান, লক্ষ্মী, র‍্যাব, কর্তৃপক্ষ, উদ্বৃত্ত, সন্ধ্যা, ব্রাহ্মণবাড়িয়া, স্ত্রী, ঊর্ধ্ব, ম্যানেজার।",
        "prose": "গ্রাহক সামনে দাঁড়িয়ে আছেন। খাতার চেয়ে দ্রুত হতে হবে: গ্রাহক খোঁজা, অভিযোগ লেখা, টাকা নেওয়া।",
        "next": "পরের পাতা",
        "light": "হালকা",
        "dark": "গাঢ়",
    },
    "en": {
        "title": "Style guide",
        "subtitle": "Every component on one page: take it from here, do not build it again.",
        "add": "New complaint",
        "parts": {
            "tabs": "Tabs and filters",
            "stats": "Numbers",
            "badges": "States",
            "buttons": "Buttons",
            "list": "List",
            "data": "Facts",
            "form": "Form",
            "composer": "Reply and note",
            "timeline": "What happened",
            "alerts": "Messages",
            "empty": "Empty page",
            "charts": "Charts",
            "steps": "Steps and progress",
            "colours": "Colours",
            "type": "Type",
            "layers": "Menu and dialog",
        },
        "tabs": ["All", "Mine", "Late", "Solved"],
        "views": ["Today's work", "Branch: Mirpur", "Instalments due"],
        "stats": [
            ("Open complaints", "Open now, all branches"),
            ("Late", "Past the deadline, still open"),
            ("Due today", "Before midnight"),
            ("Mean score", "Out of 5, last 30 days, 42 answers"),
        ],
        "columns": ["Complaint", "Customer", "State", "Due", "Owner"],
        "states": ["New", "In progress", "Waiting for the customer", "Solved", "Closed", "Late", "Escalated"],
        "rows": [
            ("Fridge does not cool", "Rahima Khatun (sample)"),
            ("No receipt for my instalment", "Srikrishna Traders (sample)"),
            ("Smoke comes out of the compressor", "Abdul Karim (sample)"),
        ],
        "staff": "Tania (sample)",
        "facts": [
            ("Customer", "Rahima Khatun (sample)"),
            ("Branch", "Mirpur"),
            ("Product", "Fridge, 210 litres"),
            ("Warranty", "until March 2027"),
            ("Owed", "৳12,34,567"),
        ],
        "fields": {
            "phone": "Phone number",
            "phone_help": "In Bengali or Latin digits, as you like.",
            "phone_error": "This number is one digit short.",
            "branch": "Branch",
            "branches": ["Mirpur", "Uttara"],
            "note": "What happened?",
            "urgent": "Must be seen today",
            "channel": "How shall we tell you?",
            "channels": ["Phone", "SMS", "E-mail"],
        },
        "recipient": "Rahima Khatun (rahima@example.com)",
        "entries": [
            (
                "customer",
                "mail",
                "The customer wrote",
                "The fridge has not cooled for two days.\nPlease send somebody.",
            ),
            ("staff", "send", "Reply sent", "The mechanic comes tomorrow at 10."),
            ("note", "lock", "Tania (sample)", "The compressor may have to be replaced; one is in the store."),
            ("bad", "stairs-up", "First answer is late; the branch manager was told", ""),
        ],
        "alerts": [
            ("info", "The shop is closed on Friday.", ""),
            ("good", "The receipt was sent.", ""),
            ("warn", "It is not known whether the mail went out.", "Ask the customer before you send it again."),
            (
                "bad",
                "The receipt was not sent.",
                "The mail server did not answer. The text was kept.",
            ),
        ],
        "empty": (
            "No complaints yet",
            "Customers' complaints come here: by mail, by phone or at the counter.",
            "“Fridge does not cool”, Mirpur branch, today at 11 by phone.",
        ),
        "chart": (
            "Open complaints by branch",
            "Open now, 73 in all",
            "Branch",
            "Complaints",
            ["Mirpur", "Uttara", "Chattogram", "Mymensingh"],
        ),
        "weekly": ("New complaints each day", "Last 14 days", "Day", "Complaints"),
        "steps": ["Language", "Trade", "Shop", "Hours", "Start"],
        "job": "Reading the list of customers",
        "menu": ["Edit", "Print", "Delete"],
        "dialog": (
            "Close this complaint?",
            "It opens again if the customer answers within seven days.",
            "Close it",
            "No",
        ),
        "toast": "Show a short message",
        "saved": "Saved.",
        "swatches": ["Accent", "Paper", "Sheet", "Ink", "Pale ink", "Line"],
        "conjuncts": "Handgloves 0123456789, quick brown fox; “quotes” – dashes … ৳1,20,000",
        "prose": "A customer stands at the counter. Be quicker than the notebook: find, write down, take the money.",
        "next": "Next page",
        "light": "Light",
        "dark": "Dark",
    },
}


class SampleForm(forms.Form):
    """One field of each kind; bound with a short phone number, so that an error is seen."""

    phone = forms.CharField()
    branch = forms.ChoiceField()
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    channel = forms.ChoiceField(widget=forms.RadioSelect)
    urgent = forms.BooleanField(required=False)

    def __init__(self, words: dict[str, Any], data: dict[str, str]) -> None:
        super().__init__(data, auto_id="sample_%s")
        self.words = words
        for name in ("phone", "branch", "note", "urgent", "channel"):
            self.fields[name].label = words[name]
        self.fields["phone"].help_text = words["phone_help"]
        for name, key in (("branch", "branches"), ("channel", "channels")):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(str(index), text) for index, text in enumerate(words[key])]

    def clean_phone(self) -> str:
        """Refuse the sample number, which is one digit short."""
        raise forms.ValidationError(self.words["phone_error"])


class SampleFilter(forms.Form):
    """A filter bar of two choices."""

    branch = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)

    def __init__(self, sample: dict[str, Any]) -> None:
        super().__init__({}, auto_id="filter_%s")
        branch, state = self.fields["branch"], self.fields["state"]
        assert isinstance(branch, forms.ChoiceField)
        assert isinstance(state, forms.ChoiceField)
        branch.label, state.label = sample["fields"]["branch"], sample["columns"][2]
        every = [("", sample["tabs"][0])]
        branch.choices = every + [(str(i), text) for i, text in enumerate(sample["fields"]["branches"])]
        state.choices = every + [(str(i), text) for i, text in enumerate(sample["states"])]


@login_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component with samples in the reader's language."""
    return render(request, "web/styleguide.html", sample_context())


def sample_context() -> dict[str, Any]:
    """The samples of the active language, placed around the present moment."""
    sample = SAMPLES["bn" if (get_language() or "").startswith("bn") else "en"]
    at = now()
    chart_title, chart_definition, label_head, value_head, branches = sample["chart"]
    week_title, week_definition, week_label, week_value = sample["weekly"]
    dues = [at + timedelta(hours=5, minutes=20), at + timedelta(minutes=12), at - timedelta(minutes=47)]
    states = [("new", 0), ("in_progress", 1), ("late", 5)]
    days = [at - timedelta(days=13 - day) for day in range(14)]
    return {
        "s": sample,
        "tabs": [
            {"label": label, "url": "#tabs", "active": index == 0, "count": count}
            for index, (label, count) in enumerate(zip(sample["tabs"], (73, 12, 4, 1250), strict=True))
        ],
        "chips": [
            {"label": label, "url": "#tabs", "active": index == 0, "count": None}
            for index, label in enumerate(sample["views"])
        ],
        "filter_form": SampleFilter(sample),
        "stats": [
            {"label": label, "definition": definition, "value": value, "tone": tone, "icon": icon}
            for (label, definition), value, tone, icon in zip(
                sample["stats"],
                (73, 4, 9, 4.3),
                ("", "bad", "warn", ""),
                ("ticket", "alert-triangle", "calendar-due", "star"),
                strict=True,
            )
        ],
        "badges": list(
            zip(
                ("new", "in_progress", "pending", "resolved", "closed", "late", "escalated"),
                sample["states"],
                strict=True,
            )
        ),
        "rows": [
            {
                "ref": f"K-{1045 + index}",
                "title": title,
                "customer": customer,
                "due": due,
                "state": state,
                "label": sample["states"][word],
                "late": due < at,
            }
            for index, ((title, customer), due, (state, word)) in enumerate(
                zip(sample["rows"], dues, states, strict=True)
            )
        ],
        "facts": [{"label": label, "value": value} for label, value in sample["facts"]],
        "form": SampleForm(sample["fields"], {"phone": "0110000000", "branch": "0", "channel": "1", "note": ""}),
        "entries": [
            {"kind": kind, "icon": icon, "title": title, "body": body, "at": at - timedelta(hours=9 - 2 * index)}
            for index, (kind, icon, title, body) in enumerate(sample["entries"])
        ],
        "bars": draw_bars(
            [
                Bar(name, value, "#charts", tone)
                for name, value, tone in zip(branches, (34, 21, 14, 4), ("bad", "", "", ""), strict=True)
            ],
            title=chart_title,
            definition=chart_definition,
            label_head=label_head,
            value_head=value_head,
        ),
        "columns": draw_columns(
            [
                Bar(_day(day), value)
                for day, value in zip(days, (5, 8, 6, 11, 7, 2, 3, 9, 12, 8, 6, 14, 4, 7), strict=True)
            ],
            title=week_title,
            definition=week_definition,
            label_head=week_label,
            value_head=week_value,
        ),
        "swatches": list(zip(("accent", "paper", "sheet", "ink", "ink-2", "line"), sample["swatches"], strict=True)),
        "themes": ("light", "dark"),
        "due_paused": at + timedelta(hours=3),
        "due_done": at - timedelta(hours=1),
        "done_at": at - timedelta(hours=2),
    }


def _day(at: datetime) -> str:
    """Day and month alone, in the reader's digits: "22/11"."""
    return localdate(at, "numeric").rpartition("/")[0]
