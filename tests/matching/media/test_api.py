"""Photos and videos through the API: announced, uploaded, looked at, shown, removed, forgotten."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.matching.media import reactions, use_cases
from services.matching.media.repository import MediaErasures, MediaFiles
from services.matching.stories.repository import Stories
from shared.dependencies import connected
from shared.errors import VersionConflict
from shared.principal import system
from shared.privacy.access_log import AccessLog
from shared.storage.command_context import CommandContext
from tests.matching.api_client import FEDERAL, HQ, HQ_Y, MatchingClient, family_of, pointer, rep
from tests.matching.media.photos import JPEG, PLACE, telling
from tests.matching.media.test_domain import _box

MEBIBYTE = 1024 * 1024
VIDEO = _box(b"isom", b"mp42")


def opened(client: MatchingClient, match: str, guardian: str, kind: str = "image/jpeg") -> Any:
    """A file was announced."""
    return client.do(rep(guardian), f"/matches/{match}/media", {"content_type": kind})


def uploaded(
    client: MatchingClient,
    match: str,
    guardian: str,
    content: bytes = JPEG,
    kind: str = "image/jpeg",
) -> str:
    """A file was announced, posted by its form, and confirmed."""
    form = opened(client, match, guardian, kind)
    client.world.files.objects[form["upload_fields"]["key"]] = content
    client.do(rep(guardian), f"/media/{form['id']}/confirmation")
    return str(form["id"])


def test_the_form_takes_one_type_of_a_size_into_one_place(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    form = opened(client, match, guardian)
    fields = form["upload_fields"]
    assert fields["key"] == f"uploads/{family_of(case)}/{form['id']}"
    conditions = json.loads(fields["policy"])
    assert conditions["for"] == 15 * 60
    assert {"Content-Type": "image/jpeg"} in conditions["conditions"]
    assert ["content-length-range", 1, form["most_bytes"]] in conditions["conditions"]
    assert form["most_bytes"] == 20 * MEBIBYTE
    assert opened(client, match, guardian, "video/mp4")["most_bytes"] == 300 * MEBIBYTE

    path, photo = f"/matches/{match}/media", {"content_type": "image/jpeg"}
    monkeypatch.setattr(use_cases, "FILES_A_DAY", 4)  # a repeat of a call is not counted
    keys = ("same", "same", "another", "fourth")
    asked = [client.post(rep(guardian), path, photo, key=key).status for key in keys]
    assert asked == [201, 201, 201, 429]
    assert pointer(client.post(rep(guardian), path, {"content_type": "text/html"})) == (
        "/content_type"
    )
    assert client.post(rep(client.ready()), path, photo).status == 404
    assert client.post(HQ, path, photo).status == 403
    proposed = client.proposed(client.waiting(), client.ready())
    other = client.get(HQ, f"/matches/{proposed}")["guardian_id"]
    early = client.post(rep(other), f"/matches/{proposed}/media", photo)
    assert (early.status, early.code) == (409, "match_is_proposed")
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    over = client.post(rep(guardian), path, photo)
    assert (over.status, over.code) == (409, "match_is_ended")


def test_a_file_counts_once_its_content_is_what_was_announced(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match, by = client.active(case, guardian), rep(guardian)
    announced = f"/matches/{match}/media", {"content_type": "image/jpeg"}
    form = client.post(by, *announced, key="announced").json
    key, objects = form["upload_fields"]["key"], client.world.files.objects
    path = f"/media/{form['id']}/confirmation"
    tale = {"text": "Вместе покрасили забор", "media": [form["id"]]}
    for content, code in (
        (None, "media_missing"),
        (b"", "media_missing"),
        (b"<html><script>", "media_of_another_type"),
        (JPEG[:200], "photo_unreadable"),
        (VIDEO, "media_of_another_type"),
        (JPEG + bytes(20 * MEBIBYTE), "media_too_large"),
    ):
        if content is not None:
            objects[key] = content
        refused = client.post(by, path)
        assert (refused.status, refused.code) == (409, code)
        assert refused.json["next_steps"][0]["action"] == "confirm_media"
    assert pointer(client.post(by, f"/matches/{match}/stories", tale)) == "/media/0"

    objects[key] = telling("PNG")
    client.do(by, path)
    objects[key] = b"changed by the form, which still works"
    again = client.post(by, *announced, key="announced").json
    assert (again["id"], again["upload_url"]) == (form["id"], None)
    shown = client.get(by, f"/media/{form['id']}")
    kept = objects[f"media/{family_of(case)}/{form['id']}"]
    assert (shown["status"], shown["content_type"], shown["size"]) == (
        "confirmed", "image/png", len(kept),
    )  # fmt: skip
    assert (PLACE.encode() in kept, shown["metadata_removed"]) == (False, True)
    assert f"media/{family_of(case)}/{form['id']}?get_object&300" in shown["download_url"]
    assert client.post(by, path).code == "media_is_confirmed"
    del objects[key]
    assert client.post(by, path).code == "media_is_confirmed"
    other = client.active(client.waiting(), client.ready())
    holder = rep(client.get(HQ, f"/matches/{other}")["guardian_id"])
    assert pointer(client.post(holder, f"/matches/{other}/stories", tale)) == "/media/0"
    client.do(by, f"/matches/{match}/stories", tale)


def test_only_who_may_read_a_story_gets_its_files(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    photo = uploaded(client, match, guardian)
    film = uploaded(client, match, guardian, VIDEO, "video/mp4")
    tale = {"text": "Вместе покрасили забор", "media": [photo, film]}
    story = client.do(rep(guardian), f"/matches/{match}/stories", tale)["id"]

    def links(who: Any) -> list[bool]:
        media = client.get(who, f"/stories/{story}")["media"]
        return [each["download_url"] is not None for each in media]

    assert links(rep(guardian)) == links(HQ) == [True, True]
    assert links(FEDERAL) == [False, False]
    listed = client.get(HQ, "/stories")["items"][0]["media"]
    assert [each["download_url"] for each in listed] == [None, None]
    client.do(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"})
    assert links(FEDERAL) == [True, True]
    assert client.as_family(case).get(f"/media/{photo}").status == 200
    assert client.get(HQ, f"/media/{film}")["metadata_removed"] is False
    for stranger in (FEDERAL, HQ_Y, rep(client.ready())):
        assert client.api(stranger).get(f"/media/{photo}").status == 404
    with client.world.service("matching"):
        looked, _ = AccessLog.connect().page([family_of(case)], 100)
    assert f"media#{photo}" in {each.record for each in looked if each.role == "federal_hq"}

    assert client.get(HQ, f"/media/{photo}")["next_steps"] == ["remove_media"]
    with client.world.service("matching"):
        seen = Stories.connect().get(story)
        client.do(HQ, f"/media/{photo}/removal")
        with pytest.raises(VersionConflict):  # who clears it in this instant looks again
            Stories.connect().save(CommandContext(FEDERAL, "clear_story", "cor_1"), seen.clear())
    assert links(FEDERAL) == [False, True]
    assert client.post(rep(guardian), f"/media/{photo}/removal").code == "media_is_removed"
    assert not [key for key in client.world.files.objects if photo in key]
    assert client.told("StoryMediaRemoved") == []
    again = tale | {"media": [film]}
    more = client.do(rep(guardian), f"/matches/{match}/stories", again)["id"]
    client.do(HQ, f"/stories/{more}/consent", {"consent_ref": "C-2"})
    for each in (story, more):
        client.do(FEDERAL, f"/stories/{each}/clearance")
    client.do(rep(guardian), f"/media/{film}/removal")
    told = client.told("StoryMediaRemoved")
    assert {each["story_id"] for each in told} == {story, more}
    assert {(each["media_id"], each["by"]) for each in told} == {(film, "guardian_rep")}


def test_of_many_stories_with_a_photo_those_are_guarded_that_can_be_cleared(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    photo = uploaded(client, match, guardian)
    tale = {"text": "Вместе покрасили забор", "media": [photo]}
    path = f"/matches/{match}/stories"
    *_, last = [client.do(rep(guardian), path, tale)["id"] for _ in range(6)]
    client.do(HQ, f"/stories/{last}/consent", {"consent_ref": "C-1"})

    with client.world.service("matching"):
        seen = Stories.connect().get(last)
        client.do(HQ, f"/media/{photo}/removal")
        with pytest.raises(VersionConflict):
            Stories.connect().save(CommandContext(FEDERAL, "clear_story", "cor_1"), seen.clear())


def test_a_forgotten_family_s_files_are_deleted_and_late_ones_too(client: MatchingClient) -> None:
    guardian, case, other = client.ready(capacity_families=2), client.waiting(), client.waiting()
    match, kept = client.active(case, guardian), client.active(other, guardian)
    photo, of_other = uploaded(client, match, guardian), uploaded(client, kept, guardian)
    late = opened(client, match, guardian)
    objects = client.world.files.objects
    client.erased(case)
    client.world.settle()
    assert client.get(HQ, f"/media/{photo}")["download_url"] is None
    assert not [key for key in objects if family_of(case) in key]

    objects[late["upload_fields"]["key"]] = JPEG
    refused = client.post(rep(guardian), f"/media/{late['id']}/confirmation")
    assert (refused.status, refused.code) == (409, "subject_erased")
    another = client.post(rep(guardian), f"/matches/{match}/media", {"content_type": "image/png"})
    assert (another.status, another.code) == (409, "subject_erased")
    client.world.advance(client.now() + timedelta(minutes=17))
    assert {key for key in objects if of_other not in key} == set()
    assert client.get(HQ, f"/media/{of_other}")["download_url"] is not None
    with client.world.service("matching"):
        assert MediaErasures.connect().get(family_of(case)).due_at is None


def test_a_deletion_that_never_ended_is_tried_again_a_day_later(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    photo, objects = uploaded(client, match, guardian), client.world.files.objects
    job = reactions.JOBS["MEDIA"]

    def delete_at() -> Any:
        with client.world.service("matching"):
            return MediaFiles.connect().get(photo).delete_at

    def late(step: Any) -> None:
        with client.world.service("matching"):
            context = CommandContext(actor=system("jobs"), action="work", correlation_id="c")
            step(photo, context, **connected(step))

    late(job.step)
    late(job.give_up)
    assert [key for key in objects if photo in key] and delete_at() is None, "it was not removed"
    with monkeypatch.context() as broken:
        broken.setattr(client.world.queue, "send_message_batch", lambda **_: {"Failed": []})
        assert client.post(rep(guardian), f"/media/{photo}/removal").status == 200
        late(job.give_up)
        late(job.step)
    assert [key for key in objects if photo in key], "its day has not come"
    client.world.advance(client.now() + timedelta(days=1, minutes=1))
    assert not [key for key in objects if photo in key]
    assert delete_at() is None
    late(job.step)
