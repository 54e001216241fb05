"""A table of shops: each row is an outlet of a partner, which is proposed by its first row."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from services.cards.imports.kinds.holders import phone
from services.cards.imports.kinds.opening_hours import read_hours
from services.cards.imports.kinds.table_kind import TableKind, require_no_phone
from services.cards.imports.values import ImportedBy
from services.cards.outlets.addresses import legal_form, legal_forms, mark_of, trade_name
from services.cards.outlets.repository import Outlets
from services.cards.outlets.values import require_near, require_no_overlap
from services.cards.partners.commands import EditPartner, ProposePartner
from services.cards.partners.domain import Partner
from services.cards.partners.policy import resource
from services.cards.partners.repository import Partners
from services.cards.partners.use_cases import edit_partner, propose_partner, take_lead
from services.cards.partners.values import PartnerStatus
from services.cards.policy import POLICY
from services.cards.stores.commands import DescribeOutlet
from services.cards.stores.use_cases import add_outlet
from shared.errors import IllegalStep, Invalid
from shared.privacy.vault import Vault
from shared.reference import code_lists, district_names, regions
from shared.reference.regions import Centre
from shared.storage import idempotency
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.office_tables import Cells

SHOPS = TableKind(
    Path(__file__).with_name("shops.toml"),
    key="partner",
    required=("partner", "district_id", "address"),
    personal=("name", "phone"),
    on_paper=False,
    action="add_outlet",
    makes_part=True,
)
OVER = (PartnerStatus.ENDED, PartnerStatus.DECLINED)


class PartnerNames:
    """The partners of a region by their names, however these are written.

    They are read once for a step of a batch; those that the batch proposes, its own marks name.
    """

    def __init__(self, region: str, clerk: ImportedBy, partners: Partners) -> None:
        self._region, self._partners = region, partners
        self._org = clerk.org
        self.in_step: dict[str, str] = {}  # the ids of those that rows of this step have named

    def find(self, title: str, proposed: Iterable[str]) -> str | None:
        """Return the id of the partner that a row names and that is not over, if there is one.

        Of several with one name it is that of a manager's organisation, as those are that the batch
        has proposed, and of the same legal form; raises Invalid where it may be either of two.
        """
        form, named = legal_form(title), self._named.get(trade_name(title), [])
        own = [each for each in named if self._org in (None, each.org)]
        found = {*proposed, *_meant(form, own)} or {*_meant(form, named)}
        if len(found) > 1:
            raise Invalid("partner_unclear", "/partner")
        return next(iter(found), None)

    @cached_property
    def _named(self) -> dict[str, list[Partner]]:
        named: dict[str, list[Partner]] = {}
        for partner in self._partners.list_region(self._region):
            if partner.status not in OVER:
                named.setdefault(trade_name(partner.title), []).append(partner)
        return named


def _meant(form: str, partners: list[Partner]) -> list[str]:
    """Return the ids of those of a legal form, else of those that may have any.

    A row that says none means one that says none, else any.
    """
    forms = [(legal_form(each.title), each.id) for each in partners]
    return (
        [known for said, known in forms if said == form]
        or [known for said, known in forms if not (form and said)]
    )  # fmt: skip


def add_shop(
    region: str,
    cells: Cells,
    context: CommandContext,
    batch_id: str,
    names: PartnerNames,
    partners: Partners,
    outlets: Outlets,
    vault: Vault,
) -> Receipt:
    """Add the shop of a row, and its partner when it is the first."""
    if earlier := idempotency.done_before(context, partners.store):
        return earlier
    if "partner" not in cells:
        raise Invalid("cell_empty", "/partner")
    require_no_phone(cells, "partner", "title", "address", "name")
    body = DescribeOutlet.model_validate(_outlet_fields(region, cells))
    # Before a partner is proposed for a shop that is refused.
    require_no_overlap(body.hours)
    require_near(body, regions.region(region).districts[body.district_id].centre)
    partner = _partner_of(
        region, body.district_id, cells, context, batch_id, names, partners, vault
    )
    if partner.shops.has_at(body.district_id, mark_of(body.address)):
        raise IllegalStep("shop_exists")
    return add_outlet(partner.id, body, context, partners, outlets)


def _outlet_fields(region: str, cells: Cells) -> dict[str, Any]:
    code = regions.district_meant(region, cells.get("district_id", ""))
    centre = regions.region(region).districts[code].centre
    return {
        "title": cells.get("title") or cells.get("partner", ""),
        "district_id": code,
        "address": cells.get("address", ""),
        **_place(cells, centre),
        "hours": read_hours(cells.get("hours", ""), SHOPS.words["words"]),
    }


def _place(cells: Cells, centre: Centre) -> dict[str, Any]:
    """Return where a shop is; raises Invalid for half a place.

    Where no place is given, the map shows the district until a manager edits it.
    """
    known = {"latitude": centre.latitude, "longitude": centre.longitude}
    said = {name: cells[name].replace(",", ".") for name in known if name in cells}
    for name in known.keys() - said.keys() if said else ():
        raise Invalid("cell_empty", f"/{name}")
    return known | said


def _partner_of(
    region: str,
    district_id: str,
    cells: Cells,
    context: CommandContext,
    batch_id: str,
    names: PartnerNames,
    partners: Partners,
    vault: Vault,
) -> Partner:
    """Return the partner of a row, in talks and at home in the district of the shop."""
    title = cells.get("partner", "")
    own, *others = (_of_batch(context, batch_id, name) for name in _names_of(title))
    known = names.in_step.get(title) or names.find(title, _proposed(own, others, partners))
    partner = partners.get(known) if known else None
    if partner is None:
        body = ProposePartner.model_validate(_partner_fields(region, district_id, cells))
        partner = partners.get(propose_partner(body, own, partners, vault).id)
    names.in_step[title] = partner.id
    if partner.status is PartnerStatus.LEAD:
        if not POLICY.allows(context.actor, "take_lead", resource(partner)):
            raise IllegalStep("partner_lead")
        take_lead(partner.id, _also(context, "take_lead"), partners)
        partner = partners.get(partner.id)
    return _at_home(partner, district_id, context, partners)


def _names_of(title: str) -> list[str]:
    """Return by which names a batch knows a partner that it has proposed, first that of a row.

    One row says the legal form and another does not; who says another one is another business.
    """
    name, form = trade_name(title), legal_form(title)
    return [f"{form} {name}", name] if form else [name, *(f"{f} {name}" for f in legal_forms())]


def _proposed(
    own: CommandContext, others: Iterable[CommandContext], partners: Partners
) -> list[str]:
    """Return the ids of the partners that earlier rows of the batch have proposed by a name."""
    if receipt := idempotency.done_before(own, partners.store):
        return [receipt.id]
    earlier = (idempotency.done_before(each, partners.store) for each in others)
    return [receipt.id for receipt in earlier if receipt]


def _at_home(
    partner: Partner, district_id: str, context: CommandContext, partners: Partners
) -> Partner:
    """Return the partner with the district of a shop among its own."""
    if district_id in partner.district_ids:
        return partner
    body = EditPartner(
        title=partner.title,
        category=partner.category,
        district_ids=[*partner.district_ids, district_id],
    )
    edit_partner(partner.id, body, _also(context, "edit_partner"), partners)
    return partners.get(partner.id)


def _partner_fields(region: str, district_id: str, cells: Cells) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "region": region,
        "title": cells.get("partner", ""),
        "category": _category(cells.get("category", "")),
        "district_ids": [district_id],
    }
    if "phone" in cells and "name" in cells:  # without a name it is the shop's own
        contact = {"name": cells["name"], "channel": "phone_task"}
        fields["contact"] = contact | {"phone": phone(cells["phone"])}
    return fields


def _category(text: str) -> str:
    """Return the code of a category by its code or label, or a word of one; none is the other."""
    wanted = district_names.spelling(text)
    labels = {
        code: district_names.spelling(label)
        for code, label in code_lists.labels("partner_category").items()
    }
    same = [code for code, label in labels.items() if label == wanted]
    also = SHOPS.words["categories"].items()
    same += [code for code, words in also if wanted in map(district_names.spelling, words)]
    near = [code for code, label in labels.items() if wanted in label.split()]
    return same[0] if same else near[0] if len(near) == 1 else text or "other"


def _of_batch(context: CommandContext, batch_id: str, name: str) -> CommandContext:
    """Return the context in which a batch proposes a partner, once."""
    once = idempotency.once(batch_id, "propose_partner", name, ())
    return replace(context, action="propose_partner", once=once)


def _also(context: CommandContext, action: str) -> CommandContext:
    """Return the context of one more command of a row, which a repeated row finds done."""
    return replace(context, action=action, once=None)
