"""The headquarters of a region through the API: who says who works there, and who reads it."""

from tests.matching.api_client import FEDERAL, HQ, HQ_Y, OPERATIONS, OPERATOR, MatchingClient

PATH = "/regions/ZR/headquarters"


def test_the_federal_side_and_operations_say_who_works_there(client: MatchingClient) -> None:
    people = {"coordinators": ["auth0|5f7c8ec7", "HQ-1", "auth0|5f7c8ec7"]}

    assert client.api(OPERATIONS).put(PATH, people, if_match=0).status == 412
    assert client.api(OPERATIONS).put(PATH, people, if_match=1).status == 200
    assert client.api(HQ).put(PATH, people, if_match=2).status == 403

    found = client.get(HQ, PATH)
    assert (found["coordinators"], found["version"]) == (["HQ-1", "auth0|5f7c8ec7"], 2)


def test_a_region_that_is_unknown_or_foreign_is_not_found(client: MatchingClient) -> None:
    assert client.api(FEDERAL).get("/regions/QQ/headquarters").status == 404
    assert client.api(HQ_Y).get(PATH).status == 404
    assert client.api(OPERATOR).get(PATH).status == 404
    assert client.api(FEDERAL).get("/regions/zr/headquarters").status == 404
