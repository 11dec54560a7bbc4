"""Escaping as Django does it."""

import pytest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.escaping import escaped


@pytest.mark.parametrize(
    "value",
    ["", "ফ্রিজ", "<b>\"&'", mark_safe("<b>"), _("Queue"), format_html("<i>{}</i>", "<"), 7, None],  # noqa: S308
    ids=str,
)
def test_a_value_is_escaped_as_django_escapes_it(value):
    assert escaped(value) == conditional_escape(value)


def test_a_lazy_word_with_signs_is_escaped():
    assert escaped(_("<none> & none")) == "&lt;none&gt; &amp; none"
