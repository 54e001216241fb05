"""The job of a list of store keys: issued in steps, written at the end, deleted in time."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from services.cards import till_read_model
from services.cards.key_lists.domain import KeyList
from services.cards.key_lists.repository import KeyLists, file_of, folder_of
from services.cards.outlets.repository import Outlets, key_row
from services.cards.partners.domain import Partner
from services.cards.partners.events import keys_renewed
from services.cards.partners.repository import Partners
from services.cards.stores.queries import secret_of
from services.cards.stores.use_cases import new_key
from services.cards.taken_once import ListStatus
from services.cards.till_read_model import StoreKeyParts
from shared import clock
from shared.data_files import read_toml
from shared.errors import IllegalStep
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.office_tables.lines import head_of, write_lines

CATALOGUE = Catalogue("services/cards/problems.toml")
KEYS_AT_ONCE = 3  # each is three rows of the one transaction


@cache
def words() -> dict[str, Any]:
    """Return the words of the list."""
    return read_toml(Path(__file__).with_name("words.toml"))


def write_keys(
    partner_id: str,
    context: CommandContext,
    key_lists: KeyLists,
    partners: Partners,
    outlets: Outlets,
    files: Files,
) -> None:
    """Issue the next keys of a list, write it when all have one, delete it in time."""
    keys = key_lists.find(partner_id)
    if keys is None or keys.due_at is None or keys.due_at > clock.now():
        return
    if keys.status is not ListStatus.WRITING:
        files.delete([file_of(keys)])
        key_lists.save(context, keys.clean())
        return
    context.actor = Principal(id=keys.asked_by, kind="person", role=keys.role)
    partner = partners.get(partner_id)
    try:
        if _issue_next(keys, partner, context, key_lists, partners, outlets):
            return
    except IllegalStep as refused:
        key_lists.save(context, keys.fail(CATALOGUE.field_text(refused.code, refused.facts)))
        return
    content = head_of(words()["columns"]) + write_lines(_lines(keys, partner, outlets))
    files.delete_folder(folder_of(keys))  # a list that was taken minutes ago
    files.write(file_of(keys), content)
    key_lists.save(context, keys.finish(clock.now()))


def _issue_next(
    keys: KeyList,
    partner: Partner,
    context: CommandContext,
    key_lists: KeyLists,
    partners: Partners,
    outlets: Outlets,
) -> bool:
    """Issue the keys of the next outlets; return whether there were any."""
    now = clock.now()
    made = [new_key(each) for each in partner.shops.needing_keys(now)[:KEYS_AT_ONCE]]
    if not made:
        return False
    changed = [outlets.of_partner(partner.id, key.outlet_id).issue_key(key) for key in made]
    keyed = partner
    for outlet in changed:
        keyed = keyed.issue_key(outlet.id, *outlet.key_times(now))
    partners.save_partner(
        context,
        keyed,
        *map(outlets.row, changed),
        key_lists.row(keys.add([key.id for key in made], now)),
        events=keys_renewed(partner, keyed),
        writes=[key_row(outlet, key) for outlet, key in zip(changed, made, strict=True)],
    )
    return True


def _lines(keys: KeyList, partner: Partner, outlets: Outlets) -> Iterator[list[str]]:
    """Return the keys in the order of the outlets; one that was revoked meanwhile is none."""
    names, zone = regions.region(partner.region).district_names, regions.zone(partner.region)
    wanted, now = set(keys.keys), clock.now()
    # By the partner's register: an index would not show yet the keys of a moment ago.
    for outlet in outlets.get_many(place.outlet_id for place in partner.shops.open.values()):
        for key in outlet.keys:
            if key.id in wanted and key.lives(now):
                parts = StoreKeyParts(partner.id, key.id, secret_of(key.id), key.sandbox)
                yield [
                    outlet.title,
                    names.get(outlet.district_id, outlet.district_id),
                    outlet.address,
                    till_read_model.write_store_key(parts),
                    calendar.local_date(zone, key.expires_at).strftime("%d.%m.%Y"),
                ]


def give_up_keys(
    partner_id: str, context: CommandContext, key_lists: KeyLists, files: Files
) -> None:
    """End a list that never came to an end, with a reason; its keys are on the next one."""
    keys = key_lists.find(partner_id)
    if keys is not None and keys.status is ListStatus.WRITING:
        files.delete([file_of(keys)])
        key_lists.save(context, keys.fail(CATALOGUE.field_text("job_given_up", {})))


JOBS = {"KEY_LIST": Job(write_keys, give_up=give_up_keys)}
