"""All that a representative does by its own token, from the first day to a story."""

from typing import Any

from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    MatchingClient,
    draft,
    pointer,
    read_text,
)
from tests.matching.media.photos import JPEG
from tests.matching.sign_ins.test_api import PHONE, contact, signed_in


def test_a_representative_goes_the_whole_way_by_its_token(client: MatchingClient) -> None:
    guardian = client.vetted(contact=contact(PHONE))
    me, _ = signed_in(client)
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification", question)
    view = client.api(me).get(f"/guardians/{guardian}")
    assert view.json["next_steps"] == ["correct_application", "change_possibilities", "withdraw"]
    team = {"team_kind": "work_collective", "team_size": 7}
    path = f"/guardians/{guardian}/application"
    assert client.api(me).put(path, team, if_match=view.etag).status == 200
    today = str(client.now().date())
    talk = {"held_on": today, "result": "satisfied"}
    client.do(FEDERAL, f"/guardians/{guardian}/clarification/result", talk)
    client.do(FEDERAL_2, f"/guardians/{guardian}/approval")
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "ZR"})
    trained = {"course": "basics", "completed_on": today, "certificate_ref": "C-1"}
    own: tuple[tuple[str, Any], ...] = (
        ("training", trained),
        ("interview", {"held_on": today, "result": "passed"}),
        ("briefing", {"held_on": today}),
    )
    for step, body in own:
        assert client.post(me, f"/guardians/{guardian}/{step}", body).status == 403
        client.do(HQ, f"/guardians/{guardian}/{step}", body)
    for side in (me, HQ):
        client.do(side, f"/guardians/{guardian}/participation-agreement", read_text())

    match = client.proposed(client.waiting(), guardian)
    client.do(me, f"/matches/{match}/acceptance", {})
    client.introduced(match)
    client.do(me, f"/matches/{match}/agreement", draft("ned_1"))
    client.do(me, f"/matches/{match}/agreement/signatures", {})
    paper = {"by": "family", "evidence": "paper"}
    client.do(HQ, f"/matches/{match}/agreement/signatures", paper)
    client.do(me, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": client.moment()})
    form = client.do(me, f"/matches/{match}/media", {"content_type": "image/jpeg"})
    client.world.files.objects[form["upload_fields"]["key"]] = JPEG
    client.do(me, f"/media/{form['id']}/confirmation")
    tale = {"text": "Вместе покрасили забор", "media": [form["id"]]}
    story = client.do(me, f"/matches/{match}/stories", tale)["id"]
    assert client.get(me, f"/stories/{story}")["media"][0]["download_url"] is not None


def test_a_representative_sees_its_own_families_by_page_and_the_number_once_they_met(
    client: MatchingClient,
) -> None:
    guardian = client.ready(contact=contact(PHONE), capacity_families=3)
    me, _ = signed_in(client)
    mine = {client.proposed(client.waiting(), guardian) for _ in range(3)}
    client.proposed(client.waiting(), client.ready())

    first = client.api(me).get("/matches", query={"limit": 2})
    rest = client.get(me, "/matches", limit=2, cursor=first.json["next_cursor"])
    shown = [*first.json["items"], *rest["items"]]

    assert {each["match_id"] for each in shown} == mine
    assert {each["number"] for each in shown} == {None}
    assert "follow_ups" not in shown[0] or shown[0]["follow_ups"] == []
    again = client.api(me).with_(If_None_Match=first.etag).get("/matches", query={"limit": 2})
    assert again.status == 304
    declined = sorted(mine)[0]
    client.do(me, f"/matches/{declined}/decline", {"reason": "other"})
    listed = client.get(me, "/matches", status="declined")["items"]
    assert [each["match_id"] for each in listed] == [declined]
    assert (
        client.api(me).with_(If_None_Match=first.etag).get("/matches", query={"limit": 2}).status
        == 200
    )
    for path in ("/matches", "/stories"):
        # No filter is passed over in silence: there is no list of its own by region.
        assert pointer(client.api(me).get(path, query={"region": "YY"})) == "/region"
    client.introduced(sorted(mine)[1])
    assert client.get(me, f"/matches/{sorted(mine)[1]}")["number"] == "10000008"
