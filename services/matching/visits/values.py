"""How a care visit is named."""

from typing import Annotated

from pydantic import Field

from shared.ids import pattern

VisitId = Annotated[str, Field(pattern=pattern("vis"))]


def note_record(visit_id: str) -> str:
    """Return the name of the sealed record with a visit's note."""
    return f"visit#{visit_id}"
