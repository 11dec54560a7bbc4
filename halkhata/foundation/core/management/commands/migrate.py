"""``django migrate``, which here draws a model anew and not all of its neighbours (ADR 0022)."""

from django.core.management.commands import migrate as of_django

from halkhata.foundation.core.migration_state import LightExecutor

# The command of Django asks its own module for the executor; there is no other way to name one.
of_django.MigrationExecutor = LightExecutor  # type: ignore[attr-defined]


class Command(of_django.Command):
    """Django's command; what it does and prints is unchanged."""
