"""A table of holders: each row is a card to issue."""

from pathlib import Path
from typing import Any

from services.cards.cards.commands import IssueCard
from services.cards.cards.repository import Cards
from services.cards.imports.kinds.placement_orders import read_order
from services.cards.imports.kinds.table_kind import TableKind, require_no_phone
from services.cards.issuing.use_cases import issue_card
from services.cards.programmes.repository import Programmes
from shared.errors import Invalid
from shared.office_values import is_cut, phone_of, whole_number
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.office_tables import Cells

OFFICE = "district_office"
HOLDERS = TableKind(
    Path(__file__).with_name("holders.toml"),
    key="holder_ref",
    required=("holder_ref", "district_id"),
    kinds={"holder_ref": "number", "ordered_on": "date", "name": "person", "phone": "person"},
    personal=("holder_ref", "name", "phone"),
)


def issue(
    region: str,
    cells: Cells,
    context: CommandContext,
    cards: Cards,
    programmes: Programmes,
    vault: Vault,
) -> Receipt:
    """Issue the card of a row."""
    body = IssueCard.model_validate(command_fields(region, cells))
    _require_own(body, context.actor)
    return issue_card(body, context, cards, programmes, vault)


def _require_own(body: IssueCard, clerk: Principal) -> None:
    """Refuse, in words that name the cell, what the policy would refuse."""
    names = regions.region(body.region).district_names
    if clerk.districts and body.district_id not in clerk.districts:
        own = ", ".join(names[each] for each in clerk.districts if each in names)
        raise Invalid("row_of_other_district", "/district_id", own=own)
    if clerk.role == OFFICE and body.order is None:
        raise Invalid("row_without_order", "/order_ref")


def command_fields(region: str, cells: Cells) -> dict[str, Any]:
    """Return a row as the body of a single issue; raises Invalid for what a cell cannot mean."""
    require_no_phone(cells, "name")
    fields: dict[str, Any] = {
        "region": region,
        "holder_ref": whole_number(cells.get("holder_ref", ""), "holder_ref"),
        "district_id": regions.district_meant(region, cells.get("district_id", "")),
        "placement_current": HOLDERS.is_yes(cells.get("placement_current", "")),
    }
    if order := read_order(cells):
        fields["order"] = order
    if "phone" in cells:
        fields["contact"] = {
            "name": cells.get("name", ""),
            "channel": "sms",
            "phone": phone(cells["phone"]),
        }
    return fields


def phone(text: str) -> str:
    """Return the phone of a cell; raises Invalid for one of which the file has lost digits."""
    found = phone_of(text)
    if is_cut(found):
        raise Invalid("number_cut", "/phone")
    return found
