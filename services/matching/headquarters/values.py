"""How a person who works for the programme is named, and on whose word a job acts."""

from typing import Annotated

from pydantic import Field

from shared.domain import ValueObject

UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:@-]{1,80}$")]


class Authority(ValueObject):
    """On whose word a job acts, as proved when the job was asked for."""

    id: str
    kind: str
    role: str
    regions: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    org: str | None = None
