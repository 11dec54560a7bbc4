"""Template tags of the design: icons, badges, countdowns, cards, menus, dialogs and form fields.

A tag has a template of the same name in ``templates/components`` whose first comment names its parameters, and a sample
on ``/styleguide/``. What stands on a page dozens of times (icon, badge, countdown, card) is written here instead: a
template takes ten times as long. Tags return markup; whatever they are given is escaped.
"""

from django import template

from halkhata.foundation.core.templatetags.ui.avatars import avatar
from halkhata.foundation.core.templatetags.ui.badges import badge, state_badge
from halkhata.foundation.core.templatetags.ui.blocks import alert, card, dialog, menu
from halkhata.foundation.core.templatetags.ui.fields import field, field_control
from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.languages import per_language
from halkhata.foundation.core.templatetags.ui.navigation import phone_bar, side_menu
from halkhata.foundation.core.templatetags.ui.times import countdown, now_iso

register = template.Library()
register.tag(per_language)
for tag in (icon, state_badge, badge, avatar, now_iso, side_menu, phone_bar, countdown, field, field_control):
    register.simple_tag(tag)
for block in (card, dialog, menu, alert):
    register.simple_block_tag(block)
