"""What a service says of its people, so that they can sign in without accounts.

A service subclasses `People` under its own name; what asks for `People` gets that of the service
whose container it runs in.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, Self, cast

from shared import settings
from shared.events.base import Event
from shared.identity.devices import Device
from shared.identity.policy import Policy
from shared.identity.sign_ins import SignIn
from shared.sign_in.commands import RequestCode
from shared.storage.rows import Row


class Sought(NamedTuple):
    """The keyed index of a contact, whose it is, and the region of the events about it.

    `person` is None when the contact is unknown; with as many reads.
    """

    contact: str
    person: str | None
    region: str


class People(ABC):
    """The people of one service, as far as signing in has to know them.

    `role` is the one that they act in, `policy` decides about their devices.
    """

    role: ClassVar[str]
    policy: ClassVar[Policy]
    _of_service: ClassVar[dict[str, type["People"]]] = {}

    def __init_subclass__(cls, service: str, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls._of_service[service] = cls

    @classmethod
    def connect(cls) -> Self:
        """Return the people of the service of this container, as its sign-ins define them."""
        service = settings.service.required()
        import_module(f"services.{service}.sign_ins.repository")
        kind = cls._of_service[service]
        return cast(Self, kind.of_container())

    @classmethod
    @abstractmethod
    def of_container(cls) -> Self:
        """Return the people in this container's own tables."""

    @abstractmethod
    def seek(self, body: RequestCode, regions: Sequence[str]) -> Sought:
        """Return whose contact this is, in these regions; by as many reads for a stranger's."""

    @abstractmethod
    def region_of(self, person: str) -> str | None:
        """Return the region of a person; None for one who is not known any more."""

    def records_of(self, person: str) -> Sequence[str]:
        """Return by which records a person may be signed in; several when they were merged."""
        return (person,)

    @abstractmethod
    def is_signed_in(self, device: Device) -> bool:
        """Return whether a device's person did not sign out everywhere since."""

    @abstractmethod
    def event_of(self, sign_in: SignIn) -> Event:
        """Return the event of a code that was asked for, known or not."""

    @abstractmethod
    def proved(self, sign_in: SignIn, at: datetime) -> Sequence[Row]:
        """Return the person's row as it was read, with the contact that was proved.

        Refuses a code that went to a contact which is not its person's any more. One that changes
        meanwhile signs no one in: the device is written with this row, or not at all.
        """
