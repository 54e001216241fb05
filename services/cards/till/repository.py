"""The calls a till makes: one read of all that it must know, one write of what it did.

The counters of a key are kept on the key's own row and those of a card on the card's, so the read
that every check needs anyway returns them too. The till alone writes them, by updates whose
conditions repeat what was decided on: a check that lost a race is read and decided again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from services.cards import till_read_model
from services.cards.till import domain, records
from services.cards.till.domain import CardUses, KeyTries
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till_read_model import CardTill, KeyTill, PartnerTill, StoreKeyParts
from shared import aws, settings
from shared.keyring import Secrets, unwrap_root_key
from shared.storage import rows
from shared.storage.rows import Item, Key
from shared.storage.tables import TableAccess, Tables

OWNER = "cards"
NO_LIMIT = 10**9

T = TypeVar("T")
R = TypeVar("R", Check, Purchase, Rollback)


@dataclass(frozen=True, slots=True)
class StoreState:
    """The store at the till: its partner and its key."""

    partner: PartnerTill | None
    key: KeyTill | None


@dataclass(frozen=True, slots=True)
class CheckContext(StoreState):
    """All that a check needs to know."""

    tries: KeyTries
    card: CardTill | None
    uses: CardUses
    earlier: list[Check]


@dataclass(frozen=True, slots=True)
class PurchaseContext(StoreState):
    """All that a purchase or rollback needs to know."""

    check: Check | None
    purchase: Purchase | None
    rollbacks: list[Rollback]


class LostRace(Exception):
    """A row that was decided on has changed: read it again."""


class TillRepository:
    """The rows of the cards service that a till may touch, and the secrets behind their names."""

    def __init__(self, tables: TableAccess, secrets: Secrets) -> None:
        self._tables = tables
        self.secrets = secrets

    @classmethod
    def connect(cls) -> "TillRepository":
        """Return the one of this container, which unwraps the root key of cards once."""
        return of_container()

    def store_state(self, shown: StoreKeyParts) -> StoreState:
        """Read the partner and the key, as of now."""
        keys = _store_keys(shown)
        partner, key = map(self._tables.batch({"data": keys}).get, keys)
        return StoreState(_read(PartnerTill, partner), _read(KeyTill, key))

    def check_context(
        self, shown: StoreKeyParts, handle: str, check_ids: Sequence[str]
    ) -> CheckContext:
        """Read the partner, the key, the card and those checks, as of now."""
        keys = [*_store_keys(shown), Key(*till_read_model.card_key(handle))]
        checks = [records.key(each, Check) for each in check_ids]
        wanted: dict[rows.Table, Sequence[Key]] = {"data": keys}
        found = self._tables.batch(wanted | ({"outbox": checks} if checks else {}))
        partner, key, card = map(found.get, keys)
        return CheckContext(
            _read(PartnerTill, partner),
            _read(KeyTill, key),
            till_read_model.read(KeyTries, key or {}),
            _read(CardTill, card),
            till_read_model.read(CardUses, card or {}),
            [till_read_model.read(Check, found[each]) for each in checks if each in found],
        )

    def checks(self, check_ids: Sequence[str]) -> list[Check]:
        """Read those checks that there are, as of now."""
        keys = [records.key(each, Check) for each in check_ids]
        found = self._tables.batch({"outbox": keys})
        return [till_read_model.read(Check, found[each]) for each in keys if each in found]

    def purchase_context(
        self, shown: StoreKeyParts, check_id: str, returns: int
    ) -> PurchaseContext:
        """Read the partner, the key, the check and what was done under it, as of now.

        Of its returns no more than so many are looked for.
        """
        of_store = _store_keys(shown)
        of_check = [records.key(check_id, kind) for kind in (Check, Purchase)]
        of_returns = [records.key(check_id, Rollback, n) for n in range(1, returns + 1)]
        found = self._tables.batch({"data": of_store, "outbox": [*of_check, *of_returns]})
        partner, key, check, purchase = map(found.get, [*of_store, *of_check])
        return PurchaseContext(
            _read(PartnerTill, partner),
            _read(KeyTill, key),
            _read(Check, check),
            _read(Purchase, purchase),
            [till_read_model.read(Rollback, found[each]) for each in of_returns if each in found],
        )

    def put(self, record: R, correlation_id: str) -> R | None:
        """Put a record; return the one that is there already, or None."""
        item = records.item(record, self.secrets, correlation_id)
        return _read(type(record), self._tables.put_new("outbox", item))

    def put_request(self, check: Check, request_id: str) -> None:
        """Let a request find its answer again, the check of an earlier scan of the same code."""
        self._tables.put_new("outbox", records.item_of_request(check, request_id))

    def put_counted(
        self,
        check: Check,
        correlation_id: str,
        found: CheckContext,
        day: int,
        *,
        guess: bool,
        bad: bool,
    ) -> None:
        """Put a check and count the try, and the card's use when it was accepted.

        Raises LostRace when the request was answered meanwhile or a counter moved on.
        """
        item = records.item(check, self.secrets, correlation_id)
        actions = [
            rows.put(self._tables.tables.outbox, item, rows.ABSENT),
            self._count_try(check, found.tries, guess, bad),
        ]
        if check.reason == "ok" and found.card is not None and not check.sandbox:
            actions.append(self._count_use(found.card, found.uses, day))
        if self._tables.transact(actions):
            raise LostRace

    def _count_try(self, check: Check, seen: KeyTries, guess: bool, bad: bool) -> Item:
        minute = seen.counted_in(check.asked)
        values = {"m": minute, "one": 1, "bad": int(bad)}
        if seen.till_minute == minute or seen.locked(check.asked):
            # A code that proves itself meets no limit, and leaves a locked minute as it is.
            expression = "ADD till_tries :one, till_bad :bad"
            condition = "till_minute = :m AND till_tries < :most AND till_bad < :lock"
            values |= {"m": seen.till_minute, "most": NO_LIMIT, "lock": NO_LIMIT}
            if guess:
                values |= {"most": domain.TRIES_A_MINUTE, "lock": domain.BAD_TRIES_A_MINUTE}
        else:
            expression = "SET till_minute = :m, till_tries = :one, till_bad = :bad"
            condition = "attribute_exists(pk) AND attribute_not_exists(till_minute)"
            if seen.till_minute:
                # All that was seen: one request sent twice at the turn of a minute counts once.
                condition = "till_minute = :seen AND till_tries = :tries"
                values |= {"seen": seen.till_minute, "tries": seen.till_tries}
        key = Key(*till_read_model.store_key(check.partner_id, check.key_id))
        more = {"ConditionExpression": condition}
        return rows.update(self._tables.tables.data, key, expression, more, **values)

    def _count_use(self, card: CardTill, seen: CardUses, today: int) -> Item:
        """Count a use of a card that is still the one that was judged."""
        day = seen.counted_on(today)
        values: dict[str, str | int] = {
            "d": day,
            "one": 1,
            "g": card.generation,
            "active": till_read_model.CARD_ACTIVE,
        }
        condition = "#status = :active AND generation = :g AND "
        if seen.till_day == day:
            expression = "ADD till_uses :one"
            condition += "till_day = :d AND till_uses < :most"
            values |= {"most": domain.USES_A_DAY}
        else:
            expression = "SET till_day = :d, till_uses = :one"
            condition += "till_day = :seen" if seen.till_day else "attribute_not_exists(till_day)"
            values |= {"seen": seen.till_day} if seen.till_day else {}
        key = Key(*till_read_model.card_key(card.handle))
        more = {"ConditionExpression": condition, "ExpressionAttributeNames": {"#status": "status"}}
        return rows.update(self._tables.tables.data, key, expression, more, **values)


@cache
def of_container() -> TillRepository:
    """Return the repository over this container's tables, both of cards."""
    tables = Tables(settings.data_table(), settings.outbox_table())
    root_key = settings.root_key()
    return TillRepository(
        TableAccess(aws.client("dynamodb"), tables),
        Secrets(OWNER, lambda: unwrap_root_key(aws.client("kms"), root_key, OWNER)),
    )


def _store_keys(key: StoreKeyParts) -> list[Key]:
    return [
        Key(*till_read_model.partner_key(key.partner_id)),
        Key(*till_read_model.store_key(key.partner_id, key.key_id)),
    ]


def _read(kind: type[T], found: Item | None) -> T | None:
    return till_read_model.read(kind, found) if found else None
