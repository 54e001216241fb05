"""The people of the demo in the local user pool."""

from typing import Any
from unittest.mock import Mock, call

import pytest

from infra.local_platform import users
from infra.local_platform.users import UnknownUser, User, UserPool

HQ = User("HQ-1", ("regional_hq", "coordinator"), ("ZR", "YY"), ("D01",))
KEEPER = User("GUA-1", ("guardian",), org="gua_1")


class Exists(Exception):
    """The pool has one of this name."""


class NotFound(Exception):
    """The pool has none of this name."""


class NotAuthorized(Exception):
    """The pool says no more than that."""


@pytest.fixture
def cognito() -> Any:
    made = Mock()
    made.exceptions.UsernameExistsException = Exists
    made.exceptions.UserNotFoundException = NotFound
    made.exceptions.NotAuthorizedException = NotAuthorized
    return made


def said_of(called: Any) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in called.kwargs["UserAttributes"]}


def test_everyone_of_the_demo_has_a_role_and_a_name_that_tells_nothing() -> None:
    people = users.load()

    assert people["HQ-1"].roles == ("regional_hq",) and people["HQ-1"].regions
    assert all(each.id == name and each.roles for name, each in people.items())


def test_a_person_is_made_with_territory_roles_and_a_password_that_stays(cognito: Any) -> None:
    UserPool(cognito, "pool", "client").create({each.id: each for each in (HQ, KEEPER)})

    made = {each.kwargs["Username"]: each for each in cognito.admin_create_user.call_args_list}
    assert said_of(made["HQ-1"]) == {"custom:regions": "ZR,YY", "custom:districts": "D01"}
    assert said_of(made["GUA-1"])["custom:org"] == "gua_1"
    assert all(each.kwargs["MessageAction"] == "SUPPRESS" for each in made.values())
    set_to = [each.kwargs for each in cognito.admin_set_user_password.call_args_list]
    assert all(each["Permanent"] for each in set_to)
    assert len({each["Password"] for each in set_to}) == 2
    groups = cognito.admin_add_user_to_group.call_args_list
    about = {"UserPoolId": "pool", "Username": "HQ-1"}
    for role in HQ.roles:
        assert call(**about, GroupName=role) in groups
    assert not cognito.admin_update_user_attributes.called


def test_who_is_there_already_gets_the_territory_of_now(cognito: Any) -> None:
    cognito.admin_create_user.side_effect = Exists
    UserPool(cognito, "pool", "client").create({"HQ-1": HQ})

    (changed,) = cognito.admin_update_user_attributes.call_args_list
    assert said_of(changed)["custom:regions"] == "ZR,YY"
    assert cognito.admin_set_user_password.called


def test_a_token_is_asked_for_with_the_password_of_this_pool_alone(cognito: Any) -> None:
    cognito.admin_initiate_auth.return_value = {"AuthenticationResult": {"IdToken": "token"}}
    one, other = UserPool(cognito, "pool", "client"), UserPool(cognito, "another", "client")

    assert (one.token("HQ-1"), other.token("HQ-1")) == ("token", "token")
    first, second = (each.kwargs for each in cognito.admin_initiate_auth.call_args_list)
    assert (first["UserPoolId"], first["ClientId"]) == ("pool", "client")
    assert first["AuthParameters"]["USERNAME"] == "HQ-1"
    assert first["AuthParameters"]["PASSWORD"] != second["AuthParameters"]["PASSWORD"]
    one.create({"HQ-1": HQ})
    (made,) = cognito.admin_set_user_password.call_args_list
    assert made.kwargs["Password"] == first["AuthParameters"]["PASSWORD"]


@pytest.mark.parametrize("refusal", [NotFound, NotAuthorized])
def test_a_name_that_the_pool_does_not_know_is_told_as_such(
    cognito: Any, refusal: type[Exception]
) -> None:
    cognito.admin_initiate_auth.side_effect = refusal

    with pytest.raises(UnknownUser, match=r"^Nobody is called HQ-9; demo/users\.toml has"):
        UserPool(cognito, "pool", "client").token("HQ-9")


def test_an_account_is_bound_to_an_organisation_and_known_by_what_services_see(
    cognito: Any,
) -> None:
    cognito.admin_get_user.return_value = {
        "UserAttributes": [{"Name": "custom:org", "Value": "x"}, {"Name": "sub", "Value": "77aa"}]
    }
    pool = UserPool(cognito, "pool", "client")
    pool.bind("GUA-1", "gua_2")

    (changed,) = cognito.admin_update_user_attributes.call_args_list
    assert (changed.kwargs["Username"], said_of(changed)) == ("GUA-1", {"custom:org": "gua_2"})
    assert pool.identity("GUA-1") == "77aa"
