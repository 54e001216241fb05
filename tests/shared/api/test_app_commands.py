"""Commands as a caller meets them: keys, repeats, races, versions."""

import json
from datetime import date
from typing import Any, cast

import pytest

from shared.api import dispatch
from shared.errors import IllegalStep
from tests.shared.api import sample_app
from tests.shared.api.callers import BOT, lines
from tests.shared.api.sample_app import UNBOUND, NewNote, Shelf, app
from tests.support.api import Api


def test_a_command_needs_a_key(shelf: Api) -> None:
    answer = shelf.post("/notes", {"text": "a"})
    assert (answer.status, answer.code) == (428, "idempotency_key_required")
    for key in ("a b", "ключ", "x" * 256):
        assert shelf.post("/notes", {"text": "a"}, key=key).code == "invalid_idempotency_key"
    assert Shelf.runs == 0


def test_the_same_key_gives_the_same_answer_and_one_effect(shelf: Api) -> None:
    first = shelf.post("/notes", {"text": "a"}, key="k")
    again = shelf.call("POST", "/notes", '{ "text" : "a" }', key="k")
    assert (first.status, again.status) == (201, 201)
    assert first.text == again.text
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    for name in ("ETag", "Location"):
        assert first.headers[name] == again.headers[name]
    notes = Shelf.store.client.scan(TableName=Shelf.store.tables.audit)["Items"]
    assert len(notes) == 1


def test_a_repeat_after_a_release_that_takes_more_is_the_same_request(
    shelf: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LaterNote(NewNote):
        frame: str = "none"

    first = shelf.post("/notes", {"text": "a"}, key="k")
    (route,) = (each for each in app.declared if each.name == "add_note")
    monkeypatch.setitem(cast("dict[str, Any]", route.inputs), "body", LaterNote)
    again = shelf.post("/notes", {"text": "a"}, key="k")
    assert (first.status, again.status, again.text) == (201, 201, first.text)


def test_another_request_under_the_key_is_refused(shelf: Api) -> None:
    shelf.post("/notes", {"text": "a"}, key="k")
    other = shelf.post("/notes", {"text": "b"}, key="k")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert shelf.as_(BOT).post("/notes", {"text": "b"}, key="k").status == 201
    assert shelf.post("/secrets", {"text": "b"}, key="k").status == 201


def test_a_family_behind_a_bot_has_keys_of_its_own_meaning(shelf: Api) -> None:
    bot = shelf.as_(BOT)
    one, two = ({"Ryadom-On-Behalf-Of": f"fam_{n:026d}"} for n in (1, 2))
    assert bot.post("/notes", {"text": "a"}, key="k", headers=one).status == 201
    assert bot.post("/notes", {"text": "a"}, key="k", headers=two).status == 422


def test_a_bot_speaks_for_no_family_that_it_merely_claims(
    shelf: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = shelf.as_(BOT).with_(Ryadom_On_Behalf_Of=UNBOUND)
    assert claimed.post("/notes", {"text": "a"}, key="k").code == "not_bound"
    bound = shelf.as_(BOT).with_(Ryadom_On_Behalf_Of=f"fam_{1:026d}")
    monkeypatch.setattr(app, "represents", None)  # a service without chats
    assert bound.post("/notes", {"text": "a"}, key="k").code == "not_bound"
    assert Shelf.runs == 0


def test_no_body_and_no_key_is_stored(shelf: Api) -> None:
    shelf.post("/notes", {"text": "a"}, key="the-key")
    rows = Shelf.store.client.scan(TableName=Shelf.store.tables.data)["Items"]
    (kept,) = (row for row in rows if row["pk"]["S"].startswith("IDEMPOTENCY#"))
    assert set(kept) == {"pk", "sk", "fingerprint", "receipt", "commit_id", "expires_at"}
    assert "the-key" not in json.dumps(kept)


def test_an_answer_made_from_the_receipt_is_made_again(shelf: Api) -> None:
    first = shelf.post("/secrets", {"text": "a"}, key="k")
    again = shelf.post("/secrets", {"text": "a"}, key="k")
    assert first.json == again.json == {"id": "nte_000", "word": "nte_000 of HQ-1"}
    assert first.headers["Location"] == "/shelf/v1/notes/nte_000"


def test_a_change_names_the_version_it_saw(shelf: Api) -> None:
    made = shelf.post("/notes", {"text": "a"}, key="k")
    path = made.headers["Location"]
    assert shelf.put(path, {"text": "b"}).code == "if_match_required"
    changed = shelf.put(path, {"text": "b"}, if_match=made.etag)
    assert (changed.status, changed.etag) == (200, '"2"')
    for outdated in (made.etag, '"3"'):
        answer = shelf.put(path, {"text": "c"}, if_match=outdated)
        assert (answer.status, answer.code) == (412, "version_outdated")
    for strange in ("", "*", 'W/"2"', '"x"', '"2', '"2", "3"', "9" * 40, "-2", "²"):
        answer = shelf.put(path, {"text": "c"}, if_match=strange)
        assert (answer.status, answer.code) == (412, "invalid_if_match")
        assert "ETag" in answer.json["detail"], "what to send, and no word of a colleague"
    assert shelf.get(path).json["text"] == "b"
    assert shelf.get(path).etag == '"2"'


def test_a_lost_race_is_run_again(shelf: Api, capsys: pytest.CaptureFixture[str]) -> None:
    shelf.post("/notes", {"text": "a"}, key="k0")
    Shelf.losing, Shelf.runs = 3, 0
    assert shelf.post("/notes", {"text": "a"}, key="k").status == 201
    assert Shelf.runs == 4
    assert [line.get("runs") for line in lines(capsys)] == [None, 4]
    Shelf.losing = 4
    answer = shelf.post("/notes", {"text": "a"}, key="k2")
    assert (answer.status, answer.code) == (409, "changed_meanwhile")
    assert answer.headers["Retry-After"] == "1"


def test_a_race_lost_under_if_match_is_told_at_once(shelf: Api) -> None:
    path = shelf.post("/notes", {"text": "a"}, key="k").headers["Location"]
    Shelf.losing, Shelf.runs = 1, 0
    assert shelf.put(path, {"text": "b"}, if_match=1).status == 412
    assert Shelf.runs == 1


def test_a_first_run_looks_nothing_up(shelf: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        raise AssertionError("a read that the first run need not pay for")

    monkeypatch.setattr(dispatch, "_earlier", unexpected)
    assert shelf.post("/notes", {"text": "a"}, key="k").status == 201


def test_a_repeat_that_meets_a_rule_it_has_fulfilled_is_answered_as_before(
    shelf: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shelf.post("/notes", {"text": "a"}, key="k")

    def refuse(*_: object) -> None:
        raise IllegalStep("note_torn", since=date(2026, 10, 5))

    monkeypatch.setattr(sample_app, "_write", refuse)
    again = shelf.post("/notes", {"text": "a"}, key="k")
    assert (again.status, again.text) == (201, first.text)
    assert shelf.post("/notes", {"text": "a"}, key="k2").status == 409


def test_a_refused_step_has_words_and_next_steps(shelf: Api) -> None:
    answer = shelf.post("/notes/nte_001/tear", key="k")
    assert (answer.status, answer.code) == (409, "note_torn")
    assert answer.json["detail"] == "Её порвали 05.10.2026. Её можно склеить."
    assert answer.json["next_steps"] == [
        {"action": "mend", "title": "Исправить, что записали неверно"},
        {"action": "burn"},
    ]
