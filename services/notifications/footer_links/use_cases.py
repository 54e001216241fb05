"""The programme's links and phones, set by operations, used by every message from then on."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from services.notifications.desk import Desk
from services.notifications.footer_links.domain import EVERYWHERE, Lines
from services.notifications.messages.rendering import FEEDBACK_PAGE
from shared.errors import Invalid, NotFound
from shared.identity.policy import Policy, Resource
from shared.principal import Principal
from shared.privacy.contact import Line
from shared.reference.regions import regions
from shared.storage.command_context import CommandContext, Receipt

Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")]


class SetLines(BaseModel):
    """The whole set for a region, or for all: code of the link → what people read."""

    values: dict[Code, Line] = Field(max_length=40)


class LinesView(BaseModel):
    """The set as it is."""

    region: str
    version: int
    values: Mapping[str, str]


def get_lines(region_code: str, caller: Principal, policy: Policy, desk: Desk) -> LinesView:
    """What messages of a region may end with."""
    policy.require(caller, "view", _resource(region_code))
    return LinesView.model_validate(_lines(region_code, desk).model_dump())


def set_lines(
    region_code: str, body: SetLines, context: CommandContext, policy: Policy, desk: Desk
) -> Receipt:
    """Replace the set; a code that no message uses is refused."""
    policy.require(context.actor, "set_lines", _resource(region_code))
    known = {*desk.catalogue.words.lines, FEEDBACK_PAGE}
    for code in body.values:
        if code not in known:
            raise Invalid("unknown_line", f"/values/{code}", known=", ".join(sorted(known)))
    return desk.lines.save(context, _lines(region_code, desk).changed(body.values))


def _lines(region_code: str, desk: Desk) -> Lines:
    if region_code != EVERYWHERE and region_code not in regions():
        raise NotFound("Region", region_code)
    return desk.lines.find(region_code) or Lines(region=region_code)


def _resource(region_code: str) -> Resource:
    return Resource("Lines", region_code, region=region_code)
