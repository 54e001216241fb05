"""What a family asks about its own data is due in 10 working days and ends by the answer."""

import pytest

from services.intake.codes.values import PersonRequestKind
from tests.intake.api_client import HQ, NAME, OPERATOR, PHONE, IntakeClient
from tests.support.world import at

DONE = {"answer": "done"}


@pytest.mark.requirement("X-13")
def test_a_persons_request_is_due_in_ten_working_days_of_the_region(client: IntakeClient) -> None:
    client.world.advance(at("2026-10-28 23:30"))  # the region's Wednesday, with a holiday ahead
    case = client.received()
    me, family = client.signed_in(), client.of_family(case)
    path = f"{family}/person-requests"

    for kind in PersonRequestKind:
        client.do(me, path, {"kind": kind})
        client.do(HQ, path, {"kind": kind, "evidence": "written"})  # twice is once
    unproved = client.post(HQ, path, {"kind": "export"})
    assert unproved.code == "evidence_required"
    assert [each["pointer"] for each in unproved.json["errors"]] == ["/evidence"]
    assert client.post(OPERATOR, path, {"kind": "export"}).status == 404
    asked = client.published("PersonRequested")
    assert [each["kind"] for each in asked] == [*PersonRequestKind]
    assert {each["due_on"] for each in asked} == {"2026-11-12"}

    answers = {
        "erasure": ({"answer": "done"}, "erase_to_answer"),
        "correction": ({"answer": "refused"}, "refusal_needs_reason"),
    }
    for asked_for, (body, code) in answers.items():
        refused = client.post(HQ, f"{path}/{asked_for}/answer", body)
        assert refused.code == code
    assert [each["pointer"] for each in refused.json["errors"]] == ["/reason"]
    client.do(HQ, f"{path}/export/answer", DONE)
    assert client.post(HQ, f"{path}/export/answer", DONE).code == "not_asked"
    why = {"answer": "refused", "reason": "already_right"}
    client.do(HQ, f"{path}/correction/answer", why)
    rows = [row for row in client.world.rows("intake-audit") if "reason" in row]
    assert [row["reason"]["S"] for row in rows if row["action"]["S"] == "answer_person"] == [
        why["reason"]
    ]
    assert client.post(me, f"{path}/objection/answer", DONE).status == 404
    told = client.published("PersonAnswered")
    assert [(each["kind"], each["outcome"]) for each in told] == [
        ("export", "done"), ("correction", "refused"),
    ]  # fmt: skip

    kept = client.get(me, f"{family}/export").json["person_requests"]
    assert {each["kind"]: each["answer"] for each in kept} == {
        "export": "done", "correction": "refused", "erasure": None, "objection": None,
    }  # fmt: skip
    client.do(HQ, f"{family}/erase", {"reason": "person_asked", "evidence": "written"})
    left = client.get(HQ, family).json["person_requests"]
    assert {each["answer"] for each in left} == {"done", "refused"}
    assert client.post(HQ, path, {"kind": "export", "evidence": "written"}).status == 409


def test_one_of_a_family_is_forgotten_and_the_others_are_helped_on(client: IntakeClient) -> None:
    case = client.in_care()
    path = client.of_family(case)
    his = {"name": "Игорь", "channel": "sms", "phone": "+79160000099"}
    client.asked(family_id=path.rpartition("/")[2], contact=his)
    asked = {"kind": "erasure", "evidence": "spoken_by_phone"}
    client.do(HQ, f"{path}/person-requests", asked)
    version = client.get(HQ, path).json["version"]
    left = {"members": [{"relation": "child", "born": "2019-03"}], "reason": "changed_since"}
    hers = {"name": NAME, "channel": "sms", "phone": PHONE}

    client.do(HQ, f"{path}/corrections", left, headers={"If-Match": f'"{version}"'})
    instead = {"contact": hers, "former": his["phone"], "evidence": "spoken_by_phone"}
    client.do(HQ, f"{path}/contact", instead)
    answer = {"answer": "refused", "reason": "one_of_family"}
    client.do(HQ, f"{path}/person-requests/erasure/answer", answer)

    exported = client.get(HQ, f"{path}/export").json
    assert [each["phone"] for each in exported["contacts"]] == [PHONE]
    assert "0000099" not in str(exported) and "Игорь" not in str(exported)
    assert client.get(HQ, path).json["members"] == [
        {"relation": "child", "born": "2019-03", "expected": False}
    ]
    assert client.view(case)["status"] == "in_care"
