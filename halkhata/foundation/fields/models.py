"""Fields, layouts, rules and tags that a shop makes for itself (A56.13). What they hold stands in ``rows.py``."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Named, Role, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.fields.choices import FieldKind, PlaceMode, Severity, TagTone

HAS_NAME = ~Q(name_bn="") | ~Q(name_en="")


class FieldDefinition(Named):
    """One field of the shop's own. ``target`` names whose ("customer"); code and kind stay as long as it lives."""

    target = models.CharField(max_length=20)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=FieldKind.choices)
    help_bn = models.CharField(_("help in Bengali"), max_length=200, blank=True)
    help_en = models.CharField(_("help in English"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    # Shown whole only to those who see private fields of customers.
    is_private = models.BooleanField(default=False)
    # The number of an identity paper: the same one at two records is a sign of a double. Private always.
    is_identity = models.BooleanField(default=False)
    # Offered as a filter above the list.
    is_filter = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["target", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["target", "code"], name="fields_code_once_per_target"),
            models.CheckConstraint(condition=HAS_NAME, name="fields_definition_has_name"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(target=""), name="fields_definition_has_code"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="fields_definition_kind"),
            models.CheckConstraint(
                condition=Q(is_filter=False) | ~Q(kind=FieldKind.LONG_TEXT), name="fields_long_text_is_no_filter"
            ),
            models.CheckConstraint(
                condition=Q(is_identity=False) | Q(is_private=True, kind=FieldKind.TEXT),
                name="fields_identity_is_private_text",
            ),
        ]


class FieldOption(Named):
    """One entry of a list. Its code stands in the values and never changes."""

    field = models.ForeignKey(FieldDefinition, on_delete=models.CASCADE, related_name="options")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["field", "code"], name="fields_option_code_once"),
            models.CheckConstraint(condition=HAS_NAME, name="fields_option_has_name"),
            models.CheckConstraint(condition=~Q(code=""), name="fields_option_has_code"),
        ]


class LayoutPlace(models.Model):
    """What one role sees of one field, own or built in, and in which order; without a row the field is simply shown.

    ``role`` None is the layout of everybody who has none of their own.
    """

    target = models.CharField(max_length=20)
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    # Code of the field; a built-in one's begins with "=".
    field = models.CharField(max_length=41)
    mode = models.CharField(max_length=10, choices=PlaceMode.choices, default=PlaceMode.SHOWN)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "role", "field"], condition=Q(role__isnull=False), name="fields_place_once"
            ),
            models.UniqueConstraint(
                fields=["target", "field"], condition=Q(role__isnull=True), name="fields_common_place_once"
            ),
            models.CheckConstraint(condition=Q(mode__in=PlaceMode.values), name="fields_place_mode"),
        ]

    def __str__(self) -> str:
        return f"{self.target}.{self.field}"


class ValidationRule(Named):
    """A sentence and a condition: where the condition is true, saving is refused or the sentence is shown (A56.13).

    The name is the sentence that people read. ``conditions`` is a tree (conditions/tree.py).
    """

    target = models.CharField(max_length=20)
    conditions = models.JSONField()
    severity = models.CharField(max_length=6, choices=Severity.choices, default=Severity.WARN)
    # At which field the sentence stands; "": above the form.
    at_field = models.CharField(max_length=41, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["target", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=HAS_NAME, name="fields_rule_has_sentence"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="fields_rule_severity"),
        ]


class Tag(models.Model):
    """A word that staff hang on records. ``key`` is its folded form: one word, however it is spelled."""

    target = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    tone = models.CharField(max_length=8, choices=TagTone.choices, default=TagTone.NEUTRAL)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["target", "name"]
        constraints = [
            models.UniqueConstraint(fields=["target", "key"], name="fields_tag_once_per_target"),
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="fields_tag_not_empty"),
            models.CheckConstraint(condition=Q(tone__in=TagTone.values), name="fields_tag_tone"),
        ]

    def __str__(self) -> str:
        return self.name


class SchemaStamp(models.Model):
    """Changes whenever fields, layouts, rules or tags of a target do: what a process keeps is good till then."""

    target = models.CharField(max_length=20, primary_key=True)
    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.target} {self.token}"


__all__ = ["FieldDefinition", "FieldOption", "LayoutPlace", "SchemaStamp", "Tag", "ValidationRule"]
