"""What comes in and what goes out: the bases of commands, queries and views, and their fields."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr

from shared.domain import RegionCode
from shared.privacy.contact import single_line
from shared.storage.repository import PAGE_LIMIT

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Line = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(single_line)
]


class Command(BaseModel):
    """An input: unknown fields are refused, and nothing refused is repeated."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )


class Paging(Command):
    """Which slice of a list."""

    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT)
    cursor: str | None = Field(default=None, max_length=2048)


class RegionQuery(Paging):
    """A slice of a region's list; a caller with one region need not name it."""

    region: RegionCode | None = None


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, from_attributes=True, hide_input_in_errors=True
    )

    @classmethod
    def of(cls, source: object, **more: object) -> Self:
        """Show the fields shared with the source; `more` gives or overrides others."""
        own = {name: getattr(source, name) for name in cls.model_fields if name not in more}
        return cls.model_validate({**own, **more})


class PublicView(View):
    """An answer that every client may keep, though no longer than what it says is so."""

    _fresh_seconds: int | None = PrivateAttr(None)

    @property
    def fresh_seconds(self) -> int | None:
        """How long it says what is so; None while time alone changes nothing of it."""
        return self._fresh_seconds

    def fresh_for(self, seconds: int | None) -> Self:
        """Note how long it says what is so."""
        self._fresh_seconds = seconds
        return self
