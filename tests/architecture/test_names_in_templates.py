"""A name that one block of a page sets is unknown in its other blocks: a link written with it would lead nowhere."""

import re
from pathlib import Path

import halkhata

SOURCES = Path(halkhata.__file__).parent
_TAG = re.compile(r"{%\s*(.*?)\s*%}", re.DOTALL)
_SET = re.compile(r"{%\s*(?:url|translate|firstof)\b[^%]*\bas (\w+)\s*%}|\basvar (\w+)\b")
_LOOP = re.compile(r"{%\s*for ([\w, ]+) in ")


def blocks_of(text: str) -> dict[str, str]:
    """What stands in each block, by its name."""
    found: dict[str, str] = {}
    opened: list[tuple[str, int]] = []
    for tag in _TAG.finditer(text):
        words = tag.group(1).split()
        if words[0] == "block":
            opened.append((words[1], tag.end()))
        elif words[0] == "endblock" and opened:
            name, begin = opened.pop()
            found[name] = found.get(name, "") + text[begin : tag.start()]
    return found


def set_in(text: str) -> set[str]:
    """Names that a tag or a loop sets."""
    looped = {name for group in _LOOP.findall(text) for name in re.split(r",\s*", group)}
    return {one or other for one, other in _SET.findall(text)} | looped


def lost_names(text: str) -> set[str]:
    """Names that the head of a page sets and its content uses without setting them."""
    blocks = blocks_of(text)
    head, content = blocks.get("head", ""), blocks.get("content", "")
    return {
        name
        for name in set_in(head) - set_in(content)
        if re.search(rf"{{{{\s*{name}\b|\b\w+={name}\b|{{%\s*(?:if|firstof) (?:[^%]* )?{name}\b", content)
    }


def test_no_page_uses_in_its_content_what_only_its_head_has_set() -> None:
    wrong = {
        str(path.relative_to(SOURCES)): names
        for path in sorted(SOURCES.glob("**/templates/**/*.html"))
        if (names := lost_names(path.read_text()))
    }
    assert wrong == {}


def test_lost_name_is_found() -> None:
    head = '{% block head %}{% url "web:settings" as back %}{% endblock %}'
    content = '{% block content %}<a href="{{ back }}">x</a>{% endblock %}'
    assert lost_names(head + content) == {"back"}
    assert lost_names(head + content.replace("content %}", 'content %}{% url "web:settings" as back %}')) == set()
    assert lost_names(head + '{% block content %}{% include "x.html" with cancel_url=back %}{% endblock %}') == {"back"}
    assert lost_names(head + "{% block content %}{% for back in rows %}{{ back }}{% endfor %}{% endblock %}") == set()
