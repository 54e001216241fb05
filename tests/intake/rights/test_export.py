"""A family gets everything that is kept about it, of each of its records."""

import pytest
from pydantic import BaseModel

from services.intake.call_backs.values import Attempt
from services.intake.call_backs.views import OwnAttempt
from services.intake.cases.decisions import Aid, Outcome
from services.intake.cases.domain import Case
from services.intake.cases.values import HistoryEntry, Need
from services.intake.cases.views import NeedView
from services.intake.families.domain import Family
from services.intake.families.values import Consent, Disclosure, FamilyContact
from services.intake.families.views import DisclosureView
from services.intake.requests.domain import Request
from services.intake.rights.export_views import (
    ExportedAid,
    ExportedCase,
    ExportedContact,
    ExportedFamily,
    ExportedOutcome,
    ExportedRequest,
    ExportView,
    StepView,
)
from services.intake.rights.views import ConsentView
from services.intake.timeline.domain import Entry
from services.intake.timeline.views import EntryView
from tests.intake.api_client import GUARDIAN, HQ, PHONE, IntakeClient
from tests.intake.merges.builders import CARE, SECOND, merge, two

# What a row keeps under another name than the export shows it by.
SHOWN_AS = {
    "family_id": "id", "request_id": "id", "case_id": "id", "district": "district_id",
    "needs": "asked", "urgency": "urgent", "texts": "text", "additions": "added",
    "external_system": "external_ref", "triage": "referred_to", "care": "history",
    "match": "guardian_id", "sensitive_refs": "groups_sensitive", "others": "merged",
    "heard": "channel", "region": "family",
}  # fmt: skip
# Who of the staff did it, and what says nothing about the people: clocks, links between rows.
NOT_SHOWN = {
    "fired", "beneficiary_key", "likeness", "alike", "different_from", "joined", "merged_into",
    "readmitted_guardians", "idle_since", "signed_out_at", "erased_at", "calls_to_forget",
    "sensitive_corrected_at", "open_cases", "registered_by", "registered_role", "ended_by",
    "acknowledged", "joins", "left_case", "words_left", "words_with", "code_edition",
    "taken_by", "taken_as", "taken_at", "past_matches", "left_care", "in_care_since",
}  # fmt: skip


def test_every_fact_of_a_row_is_in_the_export_or_is_none_about_the_people() -> None:
    whole = {*ExportView.model_fields}
    for row, view in (
        (Family, ExportedFamily), (Request, ExportedRequest), (Case, ExportedCase),
    ):  # fmt: skip
        shown = whole | {*view.model_fields}
        kept = {*row.model_fields} - NOT_SHOWN
        assert {each for each in kept if SHOWN_AS.get(each, each) not in shown} <= {"version"}


@pytest.mark.parametrize(
    ("kept", "view", "not_shown"),
    [
        (FamilyContact, ExportedContact, {"contact_id", "index", "notified_former"}),
        (Consent, ConsentView, {"given_by"}),
        (Disclosure, DisclosureView, {"by"}),
        (Aid, ExportedAid, {"aid_id", "by"}),
        (Outcome, ExportedOutcome, {"by", "note_ref"}),
        (Need, NeedView, {"text_refs", "changed_at", "changed_by"}),
        (HistoryEntry, StepView, {"by", "for_whom"}),
        (Attempt, OwnAttempt, {"by"}),
        (Entry, EntryView, {"version", "family_id", "by", "place"}),
    ],
)
def test_what_a_row_keeps_many_of_is_shown_whole_but_for_who_of_the_staff_it_was(
    kept: type[BaseModel], view: type[BaseModel], not_shown: set[str]
) -> None:
    assert {*kept.model_fields} - {*view.model_fields} == not_shown


def test_what_a_request_and_a_case_keep_beside_words_is_exported(client: IntakeClient) -> None:
    asked = client.asked(applicant_relation="grandmother", urgency="urgent")
    family = f"/families/{asked['family_id']}"

    export = client.get(HQ, f"{family}/export").json

    (request,) = export["requests"]
    facts = ("status", "district_id", "channel", "initiated_by", "applicant_relation", "urgent")
    said = ["joined", "D01", "hotline", "self", "grandmother", True]
    assert [request[each] for each in facts] == said
    assert (request["case_id"], len(request["asked"])) == (asked["case_id"], 2)
    (case,) = export["cases"]
    assert [case[each] for each in ("district_id", "channel", "urgent")] == ["D01", "hotline", True]
    (contact,) = export["contacts"]
    assert (contact["phone"], contact["proof"]) == (PHONE, "spoken")


def test_what_was_given_and_by_whom_is_exported(client: IntakeClient) -> None:
    provider = {"region": "ZR", "name": "Дом", "sector": "ngo", "services": ["food_aid"]}
    organisation = client.post(HQ, "/providers", provider).json["id"]
    case = client.received()
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme"}
    client.do(HQ, f"/cases/{case}/aids", aid | {"provider_id": organisation, "last": True})

    (given,) = client.get(HQ, f"{client.of_family(case)}/export").json["cases"][0]["aids"]

    assert (given["provider"], given["legal_basis"]) == (organisation, "programme")


def test_what_the_merged_record_keeps_is_exported_with_the_familys(client: IntakeClient) -> None:
    born = {"members": [{"relation": "child", "born": "2020-03"}]}
    first = client.asked(family=born)
    _, second = two(client, family={"members": [{"relation": "child", "born": "2019-01"}]})
    client.do(HQ, f"/families/{second['family_id']}/card-holders", {"holder_ref": "A-1"})
    shared = {"name": "Бабушка Нина", "channel": "sms", "phone": PHONE}
    third = client.asked(contact=shared, other_person=True, programme="family_care")
    for other in (second, third):
        if other is third:
            client.do(HQ, f"/cases/{second['case_id']}/withdraw", {"evidence": "written"})
        merge(client, first, other)

    export = client.get(HQ, f"/families/{first['family_id']}/export").json

    one, other = export["merged"]
    assert (one["id"], one["card_holders"]) == (second["family_id"], ["A-1"])
    assert [each["born"] for each in one["members"]] == ["2019-01"]
    assert other["id"] == third["family_id"]
    names = [each["name"] for each in export["contacts"]]
    assert len(names) == 3 and "Бабушка Нина" in names


def test_who_of_the_staff_looks_at_an_export_is_recorded_also_where_no_words_are(
    client: IntakeClient,
) -> None:
    silent = client.asked(contact=None, text=None, needs=[], confidentiality="confidential")
    family = f"/families/{silent['family_id']}"

    client.get(HQ, f"{family}/export")
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    forgotten = client.get(HQ, f"{family}/export").json

    shown = [(each["role"], each["purpose"], each["record"]) for each in forgotten["access_log"]]
    assert shown == [("regional_hq", "export", "family")] * 2


def test_a_guardian_that_failed_by_either_record_is_named_in_the_export(
    client: IntakeClient,
) -> None:
    first, case = client.asked(**CARE), client.in_care(contact=SECOND)
    (cared,) = client.get(HQ, f"{client.of_family(case)}/export").json["cases"]
    assert cared["guardian_id"] == GUARDIAN
    client.hear(client.ended(case, "conflict"))
    merge(client, first, {"family_id": client.family(case)})

    family = client.get(HQ, f"/families/{first['family_id']}/export").json["family"]

    assert family["excluded_guardians"] == [GUARDIAN]


def test_where_a_family_was_sent_to_is_exported(client: IntakeClient) -> None:
    provider = {"region": "ZR", "name": "Дом", "sector": "ngo", "services": ["food_aid"]}
    organisation = client.post(HQ, "/providers", provider).json["id"]
    case = client.in_review()
    sent = {"decision": "redirect", "provider_id": organisation}
    client.do(HQ, f"/cases/{case}/triage", sent)

    (exported,) = client.get(HQ, f"{client.of_family(case)}/export").json["cases"]

    assert (exported["referred_to"], exported["guardian_id"]) == (organisation, None)


def test_where_any_record_of_a_family_is_signed_in_is_exported(client: IntakeClient) -> None:
    first, second = two(client)
    client.sign_in()
    client.bind("chat-2", SECOND["phone"])
    merge(client, first, second)
    family = f"/families/{first['family_id']}"

    devices = client.get(HQ, f"{family}/export").json["devices"]

    assert [(each["kind"], each["this_one"]) for each in devices] == [
        ("phone", False),
        ("bot", False),
    ]
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    assert client.get(HQ, f"{family}/export").json["devices"] == []
