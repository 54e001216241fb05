"""Personal data: sealed under one key per person, opened only with an audit entry, erased for good.

Guarantees
* Every name, contact, address and free text is a field of a sealed record: AES-256-GCM under the
  data key of its subject, bound to service, subject, record, field and the sealing it came from, so
  that nothing can be moved to another person, field or time.
* `seal` and `erase` return rows for the command's own transaction: personal data appears
  and disappears together with the facts it belongs to.
* `open` writes the audit entry (caller, role, whose data, which fields, for which purpose)
  before it reads; no entry, no data.
* `erase` removes the subject's wrapped key and leaves a tombstone: every copy of every record, in
  backups too, is unreadable from then on, and nothing can be sealed for the subject again. Blind
  indexes that a service keeps in its own rows are that service's to remove in the same commit.

A record is replaced as a whole. Keys are never cached: an erasure holds from the next read.
"""

import re
import secrets as randomness
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic_core import to_json

from shared import clock, keyring
from shared.errors import IllegalStep, NotFound
from shared.keyring import Secrets
from shared.principal import Principal
from shared.privacy.access_log import reading_entry
from shared.storage import connection
from shared.storage.command_context import CommandContext
from shared.storage.rows import Item, Key, RawWrite, epoch

if TYPE_CHECKING:
    from shared.storage.store import Store

Fields = dict[str, str]

_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")
_FIELD = "f_"
_AUDIT_BATCH = 16
_WRAPPING_KEY = "vault/wrap"


@dataclass(frozen=True, slots=True)
class RecordFields:
    """One record to open and the fields of it that are needed."""

    subject: str
    record: str
    fields: tuple[str, ...]


class Vault:
    """The sealed records of one service."""

    def __init__(self, store: "Store", secrets: Secrets) -> None:
        self._store = store
        self._secrets = secrets

    @classmethod
    def connect(cls) -> Self:
        """Return the vault over this container's tables and keys."""
        return cls(connection.store(), keyring.from_env())

    def seal(
        self,
        subject: str,
        record: str,
        fields: Mapping[str, str],
        *,
        new_subject: bool = False,
        expires_at: datetime | None = None,
    ) -> list[RawWrite]:
        """Return the rows that keep these fields, for good or until a moment of the wall's time.

        `new_subject` saves a read for a new id.
        """
        writes = self.seal_records(subject, {record: fields}, new_subject=new_subject)
        return writes if expires_at is None else [_ending(each, expires_at) for each in writes]

    def seal_records(
        self, subject: str, records: Mapping[str, Mapping[str, str]], *, new_subject: bool = False
    ) -> list[RawWrite]:
        """Return the rows that keep several records of one subject in one commit.

        Raises IllegalStep for a subject who was erased.
        """
        row = None if new_subject else self._store.item(_key_row(subject), "keys")
        data_key = self._data_key(subject, row)
        writes = []
        if data_key is None:
            if row is not None:
                raise IllegalStep("subject_erased")
            data_key = randomness.token_bytes(32)
            wrapped = keyring.seal(self._secrets.child(_WRAPPING_KEY), data_key, self._aad(subject))
            writes.append(RawWrite("keys", _key_row(subject), {"wrapped": wrapped}, "absent"))
        for record, fields in records.items():
            sealing = randomness.token_hex(8)
            texts = keyring.seal_each(
                data_key,
                [
                    (value.encode(), self._aad(subject, record, name, sealing))
                    for name, value in fields.items()
                ],
            )
            sealed = {_FIELD + name: text for name, text in zip(fields, texts, strict=True)}
            row_of = _record_row(subject, record)
            writes.append(RawWrite("data", row_of, {"sealing": sealing, **sealed}))
        return writes

    def open(
        self,
        subject: str,
        record: str,
        fields: Sequence[str],
        by: Principal | CommandContext,
        purpose: str,
    ) -> Fields:
        """Write the audit entry and return the named fields of a record that were ever sealed.

        Raises NotFound when there is no such record or its subject was erased.
        """
        (opened,) = self.open_many([RecordFields(subject, record, tuple(fields))], by, purpose)
        if opened is None:
            raise NotFound("record")
        return opened

    def open_many(
        self, wanted: Sequence[RecordFields], by: Principal | CommandContext, purpose: str
    ) -> list[Fields | None]:
        """Several records in the order asked, None where a record is absent or erased."""
        self._audit(wanted, by, purpose)
        data_keys = {
            subject: self._data_key(subject, self._store.item(_key_row(subject), "keys"))
            for subject in {each.subject for each in wanted}
        }
        return [self._open(data_keys[each.subject], each) for each in wanted]

    def keeps(self, subject: str, record: str) -> bool:
        """Return whether a subject has a record; nothing of it is read."""
        return self._store.item(_record_row(subject, record)) is not None

    def erase(self, subject: str) -> list[RawWrite]:
        """Return the row that makes everything sealed for a subject unreadable, for ever."""
        return [RawWrite("keys", _key_row(subject), {"erased_at": clock.iso(clock.now())})]

    def forget(self, subject: str, record: str) -> list[RawWrite]:
        """Return the row that removes one record; the rest of its subject stays readable."""
        return [RawWrite("data", _record_row(subject, record), None)]

    def forget_fields(self, subject: str, record: str, fields: Collection[str]) -> list[RawWrite]:
        """Return the row of a record without some of its fields; without any it is removed."""
        key = _record_row(subject, record)
        row = self._store.item(key)
        gone = {_FIELD + name for name in fields}
        if row is None or not gone & row.keys():
            return []
        left = {name: value for name, value in row.items() if name not in gone}
        some = any(name.startswith(_FIELD) for name in left)
        return [RawWrite("data", key, _sealed(left) if some else None)]

    def keep_until(self, subject: str, record: str, moment: datetime) -> list[RawWrite]:
        """Return the row by which a record ends at a moment of the wall's time; it stays sealed."""
        key = _record_row(subject, record)
        row = self._store.item(key)
        return [] if row is None else [_ending(RawWrite("data", key, _sealed(row)), moment)]

    def require_living(self, subject: str) -> None:
        """Refuse a subject who was erased."""
        if self.has_erased(subject):
            raise IllegalStep("subject_erased")

    def has_erased(self, subject: str) -> bool:
        """Return whether a subject was erased, so that no words are kept any more."""
        row = self._store.item(_key_row(subject), "keys")
        return row is not None and "wrapped" not in row

    def blind_index(self, kind: str, value: str) -> str:
        """Return a keyed index: equal values meet, and without the key no value can be tried."""
        return self._secrets.sign(f"blind/{kind}", value.encode())[:16].hex()

    def _open(self, data_key: bytes | None, wanted: RecordFields) -> Fields | None:
        row = self._store.item(_record_row(wanted.subject, wanted.record))
        if row is None or data_key is None:
            return None
        opened = {}
        for name in wanted.fields:
            if sealed := row.get(_FIELD + name):
                aad = self._aad(wanted.subject, wanted.record, name, row["sealing"]["S"])
                opened[name] = keyring.unseal(data_key, sealed["B"], aad).decode()
        return opened

    def _data_key(self, subject: str, row: Item | None) -> bytes | None:
        """Return the key in a subject's row; None before the first sealing and after erasure."""
        if row is None or "wrapped" not in row:
            return None
        wrapping_key = self._secrets.child(_WRAPPING_KEY)
        return keyring.unseal(wrapping_key, row["wrapped"]["B"], self._aad(subject))

    def _audit(
        self, wanted: Sequence[RecordFields], by: Principal | CommandContext, purpose: str
    ) -> None:
        if not _CODE.fullmatch(purpose):
            raise ValueError("a purpose is a code, never free text")
        entries = [
            reading_entry(each.subject, each.record, each.fields, by, purpose) for each in wanted
        ]
        if len(entries) == 1:
            self._store.put(entries[0])
            return
        actor = by if isinstance(by, Principal) else by.actor
        for start in range(0, len(entries), _AUDIT_BATCH):
            context = CommandContext(actor=actor, action="read", correlation_id="")
            self._store.commit(context, writes=entries[start : start + _AUDIT_BATCH])

    def _aad(self, *parts: str) -> bytes:
        return to_json([self._secrets.service, *parts])


def _sealed(row: Item) -> dict[str, str | int | bytes]:
    """Return what a row keeps sealed, as it is and as long as it is kept."""
    fields = {name: value["B"] for name, value in row.items() if name.startswith(_FIELD)}
    ends = {"expires_at": int(row["expires_at"]["N"])} if "expires_at" in row else {}
    return {"sealing": row["sealing"]["S"], **fields, **ends}


def _ending(write: RawWrite, at: datetime) -> RawWrite:
    """Return a record that ends; the key of its subject does not."""
    if write.table == "keys" or write.attributes is None:
        return write
    return replace(write, attributes={**write.attributes, "expires_at": epoch(at)})


def _key_row(subject: str) -> Key:
    return Key(f"SUBJECT#{subject}", "KEY")


def _record_row(subject: str, record: str) -> Key:
    return Key(f"VAULT#{subject}", record)
