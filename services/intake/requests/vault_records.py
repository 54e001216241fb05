"""The words of a request, sealed under its family's key or its own; and its short code."""

from collections.abc import Mapping

from services.intake.families.domain import Family
from services.intake.families.values import Member
from services.intake.families.vault_records import (
    GROUPS,
    fields_by_record,
    open_records,
    said_at,
    spelt_groups,
    text_ref,
)
from services.intake.requests.commands import External, WebRequest
from services.intake.requests.domain import Request
from services.intake.requests.repository import CONTACT, EXTERNAL_ID, SAID, TEXT
from services.intake.requests.views import (
    AddedWords,
    ExternalRef,
    NeedWords,
    RequestWords,
    SaidContact,
    SaidOfFamily,
)
from shared import ids
from shared.principal import Principal
from shared.privacy.contact import Contact
from shared.privacy.vault import Fields, Vault

CODE_DIGITS = 6
HELP = "help_family"
SHOWN = (TEXT, SAID, CONTACT, EXTERNAL_ID)


def short_code(request_id: str, vault: Vault, edition: int = 0) -> str:
    """Return the code that opens a request's status beside its number; it is stored nowhere.

    Each renewal makes an edition of its own.
    """
    named = f"{request_id}/{edition}" if edition else request_id
    index = bytes.fromhex(vault.blind_index("request_code", named))
    return ids.number_from(index, CODE_DIGITS)


def fields_of(
    body: WebRequest, external: External | None, words: Mapping[str, str], *, heard: bool
) -> Fields:
    """Return the words of a request as fields of its record; none when nothing was said."""
    fields = dict(words)
    if not heard and {"family", "consents"} & body.model_fields_set:
        fields |= _said(body)
    if body.text is not None:
        fields[TEXT] = body.text
    if body.family.groups_sensitive:
        fields[GROUPS] = spelt_groups(body.family.groups_sensitive)
    if external is not None:
        fields[EXTERNAL_ID] = external.id
    return fields


def said_of_known(body: WebRequest, family: Family, contact: Contact | None) -> Fields:
    """Return the fields with what is said of a known family and changes nothing of it."""
    fields: Fields = {}
    if contact is not None:
        fields[CONTACT] = SaidContact.of(contact).model_dump_json()
    if "kind" in body.family.model_fields_set and body.family.kind != family.kind:
        fields |= _said(body)
    return fields


def wanted_fields(request: Request, *, sensitive: bool) -> dict[str, list[str]]:
    """Return which record and fields hold what a request says."""
    shown = (*SHOWN, GROUPS) if sensitive else SHOWN
    own = (text_ref(request.request_id, each) for each in request.texts if each in shown)
    added = (text_ref(each, TEXT) for each in request.additions)
    about = (need.text_ref for need in request.needs if need.text_ref is not None)
    return fields_by_record((*own, *added, *about))


def request_words(request: Request, records: Mapping[str, Fields]) -> RequestWords:
    """Return what was said in a request, from the records that were opened."""
    said = records.get(request.request_id, {})
    external = said.get(EXTERNAL_ID)
    known = request.external_system is not None and external is not None
    return RequestWords(
        id=request.request_id,
        number=request.number,
        received_at=request.received_at,
        text=said.get(TEXT),
        added=tuple(_added(request, each, records) for each in request.all_additions),
        needs=tuple(
            NeedWords(need_id=need.need_id, text=text)
            for need in request.needs
            if (text := said_at(need.text_ref, records)) is not None
        ),
        contact=SaidContact.model_validate_json(said[CONTACT]) if CONTACT in said else None,
        family=SaidOfFamily.model_validate_json(said[SAID]) if SAID in said else None,
        groups_sensitive=tuple(said[GROUPS].split(",")) if GROUPS in said else None,
        external_ref=ExternalRef(system=request.external_system, id=external) if known else None,
    )


def _said(body: WebRequest) -> Fields:
    """Return the field with what is said of a family; sensitive groups are sealed beside it."""
    members, consents = Member.all_of(body.family.members), body.consents.purposes
    said = SaidOfFamily.of(body.family, members=members, consents=consents)
    return {SAID: said.model_dump_json()}


def _added(request: Request, addition: str, records: Mapping[str, Fields]) -> AddedWords:
    needs = tuple(need.need_id for need in request.needs if need.addition == addition)
    return AddedWords(id=addition, text=records.get(addition, {}).get(TEXT), need_ids=needs)


def open_words(
    request: Request, caller: Principal, vault: Vault, *, sensitive: bool = False
) -> RequestWords:
    """Open what was said in a request; the reading is recorded."""
    wanted = wanted_fields(request, sensitive=sensitive)
    return request_words(request, open_records([request.subject], wanted, caller, HELP, vault))
