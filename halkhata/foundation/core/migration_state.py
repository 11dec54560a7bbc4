"""How the steps of a migration see the models: one model is drawn anew when it changes, not all that touch it.

Django keeps for every step a set of model classes. When a step gives a model a constraint, it makes the classes of that
model, of every model that points at it or that it points at, and of theirs, once more. In a house where nearly all of
them point at a branch, a person of staff or a customer, that is fifty classes for each of a thousand steps: three
quarters of the time of a first migration (ADR 0022).

The tables do not need it: a statement about one table asks the class of that table and, of the others, only the name of
the table and the type of the key. Whoever does need it is a step with Python in it, and for that Django has a mark of
its own: a state that is ``is_delayed`` is drawn wholly anew before such a step (``clear_delayed_apps_cache``). So a
change of options or of a plain field, and a new model, draw that one model here and set the mark; a change of a
relation, of a key or of a name does what it always did.
"""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState


class LightState(ProjectState):
    """The state of all models between two steps."""

    def clone(self) -> "LightState":
        """An independent copy, of the same kind: Django's own method names the class it makes."""
        copy = super().clone()
        copy.__class__ = LightState
        return copy  # type: ignore[return-value]

    def add_model(self, model_state: ModelState) -> None:
        """A new model; nothing points at it yet."""
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:  # type: ignore[attr-defined]
            self.resolve_model_relations(key)
        self._draw_alone(*key)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Draw a changed model anew. ``delay``: its neighbours need not know, as Django's callers say."""
        if delay:
            self._draw_alone(app_label, model_name)
        else:
            super().reload_model(app_label, model_name)

    def _draw_alone(self, app_label: str, model_name: str) -> None:
        if "apps" in self.__dict__:
            self.is_delayed = True
            self._reload({(app_label, model_name)})  # type: ignore[attr-defined]


class LightExecutor(MigrationExecutor):
    """Runs migrations over ``LightState``."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> Any:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        state.__class__ = LightState
        return state
