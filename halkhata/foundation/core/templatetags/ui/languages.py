"""Markup that is written once for each language."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language


class PerLanguageNode(template.Node):
    """Markup that is written once for each language and then remembered by the template."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._remembered: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """The markup; what is inside sees none of the page's values, so nothing of one reader can reach another."""
        language = get_language()
        known = self._remembered.get(language)
        if known is None:
            known = self._remembered[language] = self.nodelist.render(context.new())
        return known


def per_language(parser: template.base.Parser, _token: template.base.Token) -> PerLanguageNode:
    """``{% per_language %}…{% endper_language %}``: what depends on nothing but the language is rendered once for each.

    Inside are words, icons and addresses without parameters; variables are empty there, and filters that ask how the
    reader wants digits (``num``, ``localdt``) do not belong there.
    """
    nodelist = parser.parse(("endper_language",))
    parser.delete_first_token()
    return PerLanguageNode(nodelist)
