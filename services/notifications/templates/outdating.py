"""What makes the news of a template untrue before it has gone out."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import model_validator

from shared.domain import ValueObject


class Outdating(ValueObject, extra="forbid"):
    """An event of the same subject after which a message must not be sent any more.

    `about` names the field with the subject, in the event of the message and in this one; `same` a
    field in which both must agree besides. `only` are values that this one must have, `unless` some
    that it must not.
    """

    about: str
    event: str
    same: str | None = None
    only: Mapping[str, str] = {}
    unless: Mapping[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Read `matching.MatchDeclined` of the field that it is filed under."""
        about, said = value if isinstance(value, tuple) else (None, value)
        if about is None:
            return said
        return {"about": about, **(said if isinstance(said, dict) else {"event": said})}

    @classmethod
    def all_of(cls, lines: Mapping[str, Sequence[Any]]) -> tuple[Self, ...]:
        """Return what a template says as `{field = [events]}`."""
        return tuple(cls.model_validate((about, each)) for about in lines for each in lines[about])

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event of that kind has the values that it must have."""
        return (
            event.get(self.about) is not None
            and all(spelled(event.get(name)) == value for name, value in self.only.items())
            and all(spelled(event.get(name)) != value for name, value in self.unless.items())
        )

    def detail(self, said: Mapping[str, Any]) -> str:
        """Return what distinguishes it from other endings of the subject, by an event's values."""
        return self.event + (f"#{said.get(self.same)}" if self.same else "")


def spelled(value: Any) -> str:
    """Return a field's value as templates spell it; of a list, whether it has any item."""
    if isinstance(value, list):
        return "some" if value else "none"
    return str(value).lower() if isinstance(value, bool | int | None) else str(value)
