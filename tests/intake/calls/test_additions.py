"""What the caller remembers later is added to a request, and taken out again when it was wrong."""

from tests.intake.api_client import (
    HQ,
    OPERATOR,
    IntakeClient,
    sealed,
    staff,
)

COLLEAGUE = staff("OP-2", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")


def test_what_the_caller_remembers_is_added_and_reaches_the_case(client: IntakeClient) -> None:
    asked = client.asked()
    case, path = asked["case_id"], f"/requests/{asked['id']}"
    client.do(HQ, f"/cases/{case}/take")
    more = {
        "needs": [{"category": "animal_care", "text": "Собака болеет"}],
        "text": "Живём у бабушки",
        "urgency": "urgent",
    }

    client.do(COLLEAGUE, f"{path}/additions", more)

    view = client.view(case)
    assert [need["category"] for need in view["needs"]][-1] == "animal_care"
    assert (view["urgent"], view["requests"]) == (True, [asked["id"]])
    words = client.get(HQ, f"{path}/words").json
    assert [each["text"] for each in words["added"]] == ["Живём у бабушки"]
    assert words["needs"][-1]["text"] == "Собака болеет"
    (changed,) = client.published("NeedsChanged")
    assert (changed["request_id"], changed["categories"]) == (asked["id"], ["animal_care"])
    (told,) = client.published("RequestExtended")
    assert (told["case_id"], told["request_id"], told["urgent"]) == (case, asked["id"], True)
    assert client.post(COLLEAGUE, f"{path}/additions", {}).code == "nothing_to_change"
    client.do(HQ, f"/cases/{case}/needs", {"urgency": "normal"})
    client.do(COLLEAGUE, f"{path}/additions", {"text": "И кошка"})
    assert client.get(HQ, path).json["urgent"] is True  # what was urgent stays so
    # What headquarters has settled is no emergency because of more words.
    assert client.view(case)["urgent"] is False
    assert client.published("RequestExtended")[-1]["urgent"] is False
    client.do(HQ, f"{path}/additions", {"text": "Обе здоровы"})
    assert len(client.published("RequestExtended")) == 2  # who has the case has said it
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    over = client.post(COLLEAGUE, f"{path}/additions", {"text": "Ещё"})
    assert (over.status, over.code) == (409, "request_is_over")


def test_what_is_added_reaches_a_case_that_waits_for_a_guardian(client: IntakeClient) -> None:
    case = client.waiting()
    (asked,) = client.view(case)["requests"]

    client.do(COLLEAGUE, f"/requests/{asked}/additions", {"needs": [{"category": "animal_care"}]})

    assert [need["category"] for need in client.view(case)["needs"]][-1] == "animal_care"


def test_what_was_added_to_the_wrong_request_is_taken_out_again(client: IntakeClient) -> None:
    """The words of Olga are pasted to the request of Anna, and a colleague reads them to Anna."""
    needs = [{"category": "food_aid", "text": "Крупы"}]
    asked = client.asked(needs=needs, text="Это Анна")
    case, path = asked["case_id"], f"/requests/{asked['id']}"
    client.do(HQ, f"/cases/{case}/take")
    client.do(OPERATOR, f"{path}/additions", {"text": "Анна вспомнила"})
    olga = {"category": "animal_care", "text": "Собака Ольги"}
    food = {"category": "food_aid", "text": "Ольге тоже", "urgency": "urgent"}
    more = {"needs": [olga, food, {"category": "repair_work"}], "text": "Ольга вспомнила"}
    client.do(OPERATOR, f"{path}/additions", more)
    kept, wrong = client.get(COLLEAGUE, f"{path}/read-back").json["added"]
    assert (kept["text"], wrong["text"]) == ("Анна вспомнила", "Ольга вспомнила")
    assert (kept["need_ids"], len(wrong["need_ids"])) == ([], 3)
    one, reason = f"{path}/additions/{wrong['id']}/withdraw", {"reason": "other_family"}
    for other, status in ((FOREIGN, 404), (staff("CM-1", "case_manager"), 404)):
        assert client.post(other, one, reason).status == status
    assert client.post(COLLEAGUE, one, {"reason": "mistake"}).status == 422

    answer = client.do(COLLEAGUE, one, reason)

    assert "допишите их туда" in answer["what_next"]
    assert "Если эта заявка ещё открыта, штаб посмотрит" in answer["what_next"]
    assert "Ольг" not in str(client.get(HQ, f"/families/{asked['family_id']}/export").json)
    assert [*sealed(client, "add")] == [kept["id"]]
    words = client.get(HQ, f"{path}/words").json
    assert (words["text"], [each["text"] for each in words["added"]]) == (
        "Это Анна",
        ["Анна вспомнила"],
    )
    assert [each["text"] for each in words["needs"]] == ["Крупы"]
    assert [(n["category"], n["status"], n["urgency"]) for n in client.view(case)["needs"]] == [
        ("food_aid", "open", "normal"),
        ("animal_care", "dropped", "normal"),
        ("repair_work", "dropped", "normal"),
    ]
    last = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (last["what"], last["reason"]) == ("addition_withdrawn", "other_family")
    (told,) = client.published("AdditionWithdrawn")
    assert (told["request_id"], told["case_id"]) == (asked["id"], case)
    assert client.published("NeedsChanged")[-1]["request_id"] == asked["id"]
    again = client.post(COLLEAGUE, one, reason)
    assert (again.status, again.json["title"]) == (404, "Этого в заявке уже нет")

    client.do(HQ, f"{path}/additions/{kept['id']}/withdraw", reason)
    assert len(client.published("AdditionWithdrawn")) == 1  # who has the case has done it
    last = client.post(COLLEAGUE, f"{path}/additions/{kept['id']}/withdraw", reason)
    assert (last.status, last.json["title"]) == (404, "Этого в заявке уже нет"), "none is left"


def test_words_are_taken_out_of_what_is_over_too_and_are_no_work(client: IntakeClient) -> None:
    asked = client.asked(purpose="information", needs=[])
    path = f"/requests/{asked['id']}"
    client.do(OPERATOR, f"{path}/additions", {"text": "Слова Ольги"})
    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]
    client.do(OPERATOR, f"{path}/end", {"reason": "information_given"})

    client.do(OPERATOR, f"{path}/additions/{added['id']}/withdraw", {"reason": "other_family"})

    assert client.get(OPERATOR, f"{path}/words").json["added"] == []
    assert client.published("AdditionWithdrawn") == []


def test_words_about_an_added_need_go_also_where_they_were_put_right_since(
    client: IntakeClient,
) -> None:
    asked = client.asked(needs=[{"category": "food_aid"}])
    path = f"/requests/{asked['id']}"
    needs = [{"category": "animal_care", "text": "Кот Ольги"}]
    client.do(OPERATOR, f"{path}/additions", {"needs": needs})
    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]
    right = {"need_id": added["need_ids"][0], "text": "Собака Ольги"}
    client.do(OPERATOR, f"{path}/mend", {"change": [right]})

    client.do(OPERATOR, f"{path}/additions/{added['id']}/withdraw", {"reason": "other_family"})

    assert sealed(client, "wrd") == sealed(client, "add") == {}
    (told,) = client.published("AdditionWithdrawn")  # no one has taken the case yet
    assert told["case_id"] == asked["case_id"]


def test_who_left_no_contact_may_add_to_its_question(client: IntakeClient) -> None:
    asked = client.asked(purpose="information", needs=[], contact=None, consents=None)
    path = f"/requests/{asked['id']}"

    client.do(OPERATOR, f"{path}/additions", {"text": "И ещё вопрос", "urgency": "urgent"})

    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]
    assert added["text"] == "И ещё вопрос"
    (told,) = client.published("RequestExtended")
    assert (told["request_id"], told["family_id"], told["urgent"]) == (asked["id"], None, True)
    assert asked["family_id"] is None


def test_of_a_closed_case_words_are_offered_to_be_taken_out_and_none_to_be_added(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    path = f"/requests/{asked['id']}"
    client.do(OPERATOR, f"{path}/additions", {"text": "Слова Ольги"})
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", {"evidence": "written"})

    offered = client.get(OPERATOR, path).json["next_steps"]

    assert "withdraw_addition" in offered and "add" not in offered


def test_of_a_case_that_is_over_nothing_is_looked_at_again(client: IntakeClient) -> None:
    asked = client.asked()
    path = f"/requests/{asked['id']}"
    client.do(OPERATOR, f"{path}/additions", {"text": "Слова Ольги"})
    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", {"evidence": "written"})

    client.do(OPERATOR, f"{path}/additions/{added['id']}/withdraw", {"reason": "other_family"})

    assert client.published("AdditionWithdrawn") == []


def test_what_another_call_asks_for_too_outlives_an_addition_that_is_taken_out(
    client: IntakeClient,
) -> None:
    first = client.asked(needs=[{"category": "food_aid"}])
    second = client.asked(needs=[{"category": "food_aid"}])
    path = f"/requests/{second['id']}"
    animals = {"needs": [{"category": "animal_care", "urgency": "urgent"}]}
    for each in (first, second):
        client.do(OPERATOR, f"/requests/{each['id']}/additions", animals)
    assert client.published("RequestExtended")[-1]["urgent"]  # a need that cannot wait is enough
    (added,) = client.get(OPERATOR, f"{path}/words").json["added"]

    client.do(OPERATOR, f"{path}/additions/{added['id']}/withdraw", {"reason": "other_family"})

    needs = client.view(first["case_id"])["needs"]
    assert [(each["category"], each["status"], each["urgency"]) for each in needs] == [
        ("food_aid", "open", "normal"),
        ("animal_care", "open", "urgent"),
    ]
