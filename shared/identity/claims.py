"""Claims that an authorizer has proved, made into the principal that acts on them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.errors import Forbidden, Invalid
from shared.principal import Principal

ACT_FOR_FAMILY = "act_for_family"
REPRESENTED = re.compile(r"[a-z]{2,5}_[0-9A-Z]{10,32}")


def principal_from_authorizer_context(
    context: Mapping[str, Any], role: str | None = None, on_behalf_of: str | None = None
) -> Principal:
    """Return the caller of `requestContext.authorizer`, in the role of the `Ryadom-Role` header.

    `on_behalf_of` (header `Ryadom-On-Behalf-Of`) is honoured only for a machine whose token carries
    the scope `act_for_family`: a bot that has proved the family it speaks for.
    """
    if context["kind"] not in ("person", "machine"):
        raise ValueError("an authorizer vouches for persons and machines only")
    claimed = Principal.from_context(context)
    if on_behalf_of is None:
        return claimed.acting_as(role)
    if claimed.kind != "machine" or ACT_FOR_FAMILY not in claimed.scopes:
        raise Forbidden("act_for_family")
    if not REPRESENTED.fullmatch(on_behalf_of):
        raise Invalid("bad_id", "Ryadom-On-Behalf-Of")
    acting = replace(claimed, role="family", roles=("family",))
    return acting.acting_for(on_behalf_of, f"bot:{claimed.id}")
