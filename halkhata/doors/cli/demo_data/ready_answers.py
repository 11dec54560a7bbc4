"""The demo's ready-made answers: what the shop's people would otherwise type ten times a day."""

from halkhata.desks.tickets.models import CannedReply

# Name and text in both languages, and the state the ticket goes to with the answer.
ANSWERS = (
    (
        "দুঃখিত, দেখছি", "Sorry, we look into it",
        "{{ customer }}, আপনার অসুবিধার জন্য আমরা দুঃখিত। {{ number }} নম্বরে লিখে রেখেছি, আমি নিজে দেখছি।\n\n"
        "আপনাকে জানাব {{ promise }}।\n\n{{ agent }}, {{ branch }}",
        "{{ customer }}, we are sorry for the trouble. It stands under {{ number }} and I look into it myself.\n\n"
        "You will hear from us {{ promise }}.\n\n{{ agent }}, {{ branch }}",
        "open",
    ),
    (
        "মেমো বা কার্ডের ছবি দিন", "Please send the memo or card",
        "{{ customer }}, {{ number }} দেখতে মেমো বা ওয়ারেন্টি কার্ডের একটি ছবি লাগবে। ফোনে তোলা ছবি হলেই চলবে।\n\n"
        "{{ agent }}, {{ phone }}",
        "{{ customer }}, for {{ number }} we need a picture of the memo or the warranty card. One by phone will do."
        "\n\n{{ agent }}, {{ phone }}",
        "waiting_customer",
    ),
    (
        "কোম্পানিকে জানিয়েছি", "We asked the company",
        "{{ customer }}, {{ number }} কোম্পানিকে জানানো হয়েছে। খবর এলেই ফোন করব।\n\n{{ agent }}, {{ phone }}",
        "{{ customer }}, we have passed {{ number }} on to the company and will call you as soon as it answers.\n\n"
        "{{ agent }}, {{ phone }}",
        "waiting_manufacturer",
    ),
    (
        "নিয়ে আসুন", "Please bring it in",
        "{{ customer }}, জিনিসটি {{ branch }}-এ নিয়ে আসুন, {{ number }} বললেই হবে। আসার আগে {{ phone }} নম্বরে ফোন করলে "
        "অপেক্ষা করতে হবে না।\n\n{{ agent }}",
        "{{ customer }}, please bring it to {{ branch }} and name {{ number }}. Call {{ phone }} first "
        "and you need not wait.\n\n{{ agent }}",
        "",
    ),
)  # fmt: skip


def write_ready_answers() -> None:
    """The whole shop's, so that whoever tries the demo out finds them behind "/" in an answer."""
    for title_bn, title_en, text_bn, text_en, state in ANSWERS:
        CannedReply.objects.create(
            title_bn=title_bn, title_en=title_en, text_bn=text_bn, text_en=text_en, sets_state=state, is_demo=True
        )
