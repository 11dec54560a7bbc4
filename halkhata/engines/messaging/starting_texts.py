"""The short texts that a shop starts with: one part where the letters allow it. A text of the shop's own, written for
the channel SMS among the message texts, takes its place."""

from halkhata.engines.messaging.choices import TemplateCode

STARTING: dict[str, dict[str, str]] = {
    TemplateCode.RECEIVED.value: {
        "bn": "অভিযোগ {{ number }} পেয়েছি। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "We received your complaint {{ number }}. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.ASSIGNED.value: {
        "bn": "{{ number }} এখন {{ agent }} দেখছেন। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "{{ agent }} is looking after {{ number }} now. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.DELAYED.value: {
        "bn": "{{ number }}: দেরির জন্য দুঃখিত। আমরা জানাব {{ promise }}। {{ shop }}",
        "en": "{{ number }}: we are late, and we are sorry. You will hear from us {{ promise }}. {{ shop }}",
    },
    TemplateCode.RESOLVED.value: {
        "bn": "{{ number }} এর কাজ শেষ। ঠিক না হলে এই SMS-এর উত্তর দিন। {{ shop }}",
        "en": "{{ number }} is solved. If it is not right for you, answer this SMS. {{ shop }}",
    },
    TemplateCode.FEEDBACK.value: {
        "bn": "{{ number }}: সেবা কেমন লাগল? ১ থেকে ৫ লিখে উত্তর দিন (৫ খুব ভালো)। {{ shop }}",
        "en": "{{ number }}: how did we do? Answer with 1 to 5 (5 is very good). {{ shop }}",
    },
}
