"""Ids and constants of a change of contact."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from shared.ids import pattern

PREFIX = "cch"
OLD_CONTACT, NEW_CONTACT = "old_contact", "new_contact"
KEPT = timedelta(days=1)

ContactChangeId = Annotated[str, Field(pattern=pattern(PREFIX))]
