"""HTML of mails: what may be shown, what it says as text, and our own text as HTML.

``allowed`` names what comes through, ``limits`` keeps parsing fast, ``sanitise`` makes HTML safe to show, ``to_text``
reads it, ``from_text`` writes it.
"""
