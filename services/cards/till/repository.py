"""The calls a till makes: one read of everything it must know, one write of what it did.

The counters of a key stand on the key's own row and those of a card on the card's, so the read
that every check needs anyway brings them along. The till alone writes them, by updates whose
conditions repeat what was decided on: a check that lost a race is read and decided again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.cards import till_rows
from services.cards.till import domain, records
from services.cards.till.domain import CardUses, KeyTries
from services.cards.till.records import Check, Purchase
from services.cards.till_rows import CardTill, KeyTill, PartnerTill, StoreKey
from shared import rows
from shared.rows import Item, Key
from shared.tables import TableAccess


@dataclass(frozen=True, slots=True)
class Store:
    """The store that is asking: its partner, its key, how often the key was tried."""

    partner: PartnerTill | None
    key: KeyTill | None
    tries: KeyTries


@dataclass(frozen=True, slots=True)
class ForCheck:
    """All that a check needs to know."""

    store: Store
    card: CardTill | None
    uses: CardUses


@dataclass(frozen=True, slots=True)
class ForPurchase:
    """All that a purchase or rollback needs to know."""

    store: Store
    check: Check | None
    purchase: Purchase | None
    rollback: Purchase | None


class Stale(Exception):
    """What was decided on has changed: read it again."""


class Rows:
    """The rows of the cards service that a till may touch."""

    def __init__(self, tables: TableAccess) -> None:
        self._tables = tables

    def for_check(self, key: StoreKey, handle: str) -> ForCheck:
        """The partner, the key and the card, as of now."""
        card_key = Key(*till_rows.card_key(handle))
        found = self._tables.batch({"data": [*_store_keys(key), card_key]})
        card = found.get(card_key)
        return ForCheck(
            _store(found, key),
            till_rows.read_card(card) if card else None,
            _uses(card) if card else CardUses(),
        )

    def for_purchase(self, key: StoreKey, check_id: str) -> ForPurchase:
        """The partner, the key, the check and what was done under it, as of now."""
        kinds = (records.CHECK, records.PURCHASE, records.ROLLBACK)
        keys = [records.key(check_id, kind) for kind in kinds]
        found = self._tables.batch({"data": _store_keys(key), "outbox": keys})
        check, purchase, rollback = (found.get(each) for each in keys)
        return ForPurchase(
            _store(found, key),
            records.read_check(check) if check else None,
            records.read_purchase(purchase) if purchase else None,
            records.read_purchase(rollback) if rollback else None,
        )

    def put(self, item: Item) -> Item | None:
        """Put a record; the one that is there already, or None."""
        return self._tables.put_new("outbox", item)

    def put_counted(self, item: Item, found: ForCheck, accepted: bool, second: int) -> Item | None:
        """Put a record and count the try, and the card's use when it was accepted.

        The record that is there already, or None; raises Stale when a counter has moved on.
        """
        key = found.store.key
        if key is None:
            raise ValueError("a check is counted on a key")
        steps = [
            rows.put(self._tables.tables.outbox, item, rows.ABSENT),
            self._count_try(key, found.store.tries, 0 if accepted else 1, second),
        ]
        if accepted and found.card is not None and not key.sandbox:
            steps.append(self._count_use(found.card, found.uses, second))
        reasons = self._tables.transact(steps)
        if not reasons:
            return None
        if reasons[0].get("Code") == "ConditionalCheckFailed":
            return self._tables.met(reasons[0], "outbox", item)
        # A counter has moved on, or another transaction was in the way.
        raise Stale

    def _count_try(self, key: KeyTill, seen: KeyTries, bad: int, second: int) -> Item:
        minute = second // domain.MINUTE
        values = {":m": minute, ":one": 1, ":bad": bad}
        if seen.minute == minute:
            expression = "ADD till_tries :one, till_bad :bad"
            condition = "till_minute = :m AND till_tries < :most AND till_bad < :lock"
            values |= {":most": domain.TRIES_A_MINUTE, ":lock": domain.BAD_TRIES_A_MINUTE}
        else:
            expression = "SET till_minute = :m, till_tries = :one, till_bad = :bad"
            condition = "attribute_exists(pk) AND attribute_not_exists(till_minute)"
            if seen.minute:
                condition = "till_minute = :seen AND till_bad = :seen_bad"
                values |= {":seen": seen.minute, ":seen_bad": seen.bad}
        return self._update(
            till_rows.store_key(key.partner_id, key.key_id), expression, condition, values
        )

    def _count_use(self, card: CardTill, seen: CardUses, second: int) -> Item:
        """Count a use of a card that is still the one that was judged."""
        day = second // domain.DAY
        values = {":d": day, ":one": 1, ":g": card.generation}
        condition = "#status = :active AND generation = :g AND "
        if seen.day == day:
            expression = "ADD till_uses :one"
            condition += "till_day = :d AND till_uses < :most"
            values |= {":most": domain.USES_A_DAY}
        else:
            expression = "SET till_day = :d, till_uses = :one"
            condition += "(attribute_not_exists(till_day) OR till_day < :d)"
        step = self._update(till_rows.card_key(card.handle), expression, condition, values)
        step["Update"]["ExpressionAttributeNames"] = {"#status": "status"}
        step["Update"]["ExpressionAttributeValues"][":active"] = {"S": till_rows.CARD_ACTIVE}
        return step

    def _update(
        self, key: tuple[str, str], expression: str, condition: str, values: Mapping[str, int]
    ) -> Item:
        return {
            "Update": {
                "TableName": self._tables.tables.data,
                "Key": rows.key_item(Key(*key)),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": {
                    name: {"N": str(value)} for name, value in values.items()
                },
            }
        }


def _store_keys(key: StoreKey) -> list[Key]:
    return [
        Key(*till_rows.partner_key(key.partner_id)),
        Key(*till_rows.store_key(key.partner_id, key.key_id)),
    ]


def _store(found: Mapping[Key, Item], key: StoreKey) -> Store:
    partner, row = (found.get(each) for each in _store_keys(key))
    return Store(
        till_rows.read_partner(partner) if partner else None,
        till_rows.read_key(row) if row else None,
        KeyTries(*(_count(row, name) for name in ("till_minute", "till_tries", "till_bad")))
        if row
        else KeyTries(),
    )


def _uses(card: Item) -> CardUses:
    return CardUses(_count(card, "till_day"), _count(card, "till_uses"))


def _count(row: Item, name: str) -> int:
    return int(row[name]["N"]) if name in row else 0
