"""The people of the demo: who they are in the user pool, and their tokens."""

import hashlib
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.services import ROOT

PEOPLE = ROOT / "demo" / "users.toml"


@dataclass(frozen=True)
class User:
    """An account under an opaque name, with its roles and territory."""

    id: str
    roles: tuple[str, ...]
    regions: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    org: str = ""


def load(path: Path = PEOPLE) -> dict[str, User]:
    """Return the users by id."""
    written = tomllib.loads(path.read_text("utf-8"))
    return {
        name: User(
            name,
            tuple(facts["roles"]),
            tuple(facts.get("regions", ())),
            tuple(facts.get("districts", ())),
            facts.get("org", ""),
        )
        for name, facts in written.items()
    }


class UnknownUser(Exception):
    """The user pool has no person of this name; the message is the sentence that says so."""

    def __init__(self, user: str) -> None:
        super().__init__(f"Nobody is called {user}; demo/users.toml has the names.")


class UserPool:
    """The people in the local user pool; passwords exist nowhere but here."""

    def __init__(self, cognito: Any, pool: str, client: str) -> None:
        self._cognito = cognito
        self._pool = pool
        self._client = client

    def create(self, users: dict[str, User]) -> None:
        """Create or update everyone."""
        with ThreadPoolExecutor(max_workers=4) as workers:
            list(workers.map(self._put, users.values()))

    def token(self, user: str) -> str:
        """Return a fresh identity token; raises UnknownUser."""
        refusals = self._cognito.exceptions
        try:
            answer = self._cognito.admin_initiate_auth(
                UserPoolId=self._pool,
                ClientId=self._client,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": user, "PASSWORD": self._password(user)},
            )
        except (refusals.UserNotFoundException, refusals.NotAuthorizedException):
            raise UnknownUser(user) from None
        token: str = answer["AuthenticationResult"]["IdToken"]
        return token

    def bind(self, user: str, org: str) -> None:
        """Make a person speak for an organisation that came into being after the account."""
        self._cognito.admin_update_user_attributes(
            UserPoolId=self._pool,
            Username=user,
            UserAttributes=[{"Name": "custom:org", "Value": org}],
        )

    def identity(self, user: str) -> str:
        """Return the opaque id under which services know a person; raises UnknownUser."""
        try:
            found = self._cognito.admin_get_user(UserPoolId=self._pool, Username=user)
        except self._cognito.exceptions.UserNotFoundException:
            raise UnknownUser(user) from None
        attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
        return str(attributes["sub"])

    def _put(self, user: User) -> None:
        attributes = {
            "custom:regions": ",".join(user.regions),
            "custom:districts": ",".join(user.districts),
        }
        if user.org:
            attributes["custom:org"] = user.org
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        about = {"UserPoolId": self._pool, "Username": user.id}
        try:
            self._cognito.admin_create_user(
                **about,
                UserAttributes=listed,
                TemporaryPassword=self._password(user.id),
                MessageAction="SUPPRESS",
            )
        except self._cognito.exceptions.UsernameExistsException:
            self._cognito.admin_update_user_attributes(**about, UserAttributes=listed)
        self._cognito.admin_set_user_password(
            **about, Password=self._password(user.id), Permanent=True
        )
        for role in user.roles:
            self._cognito.admin_add_user_to_group(**about, GroupName=role)

    def _password(self, user: str) -> str:
        """Good only against an emulator on loopback, and different in each pool."""
        return "Aa1-" + hashlib.sha256(f"{self._pool}|{user}".encode()).hexdigest()[:24]
