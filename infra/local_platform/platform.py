"""The whole system on one machine: emulator, deployed stacks, people, one address, business time.

    with LocalPlatform(state=folder) as platform:
        platform.call("HQ-1", "GET", "/intake/v1/requests")
        platform.advance(hours=48)
        platform.messages()

State stays in the folder; a second start on it goes on from the last orderly end, also when the
session after that one was killed.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from infra.configuration import reference_table
from infra.configuration.code_lists import read_code_lists
from infra.configuration.regions import Unfit, read_stage
from infra.configuration.token_list import MachineTokens
from infra.deployment.deployer import Deployer, Facts, output_name
from infra.local_platform import users
from infra.local_platform.business_time import BusinessTime, NotQuiet, ServiceFacts
from infra.local_platform.emulator import CannotStart, Emulator, local_client, port_taken, unbroken
from infra.local_platform.fake_provider import FakeProvider, Message
from infra.local_platform.http_client import HttpClient, Reply
from infra.local_platform.proxy import Proxy
from infra.local_platform.saved_state import SavedState, hold
from infra.package import Package, package
from infra.services import INFRA, ROOT, service_names

BUCKET = "ryadom-code"
TELEPHONY = "/ryadom/local/telephony"
CHANNELS = "/ryadom/local/channels"
# Where the tools of a developer serve pages that are being written.
DEVELOPERS_PAGES = "http://localhost:5173,http://127.0.0.1:5173"
LAST_PATIENCE = 20.0
# A function that was being unpacked where no room was left has made some again.
LEAST_ROOM = 16 * 1024 * 1024
FARTHEST = timedelta(days=3660)
NOT_SAVED = (
    "This session could not be saved; {log} says why. "
    "The next start goes on from the end before it, or afresh when there was none."
)


def _silent(_: str) -> None:
    """Say nothing."""


class LocalPlatform:
    """A platform on loopback; `port` 0 takes a free one, a state folder keeps the ports it had."""

    def __init__(
        self,
        state: Path,
        port: int = 0,
        *,
        enforce_iam: bool = False,
        fresh: bool = False,
        now: datetime | None = None,
        say: Callable[[str], None] = _silent,
    ) -> None:
        self.state = state.resolve()
        self.say = say
        self._asked_port = port
        self._first_now = now
        self._enforce_iam = enforce_iam
        self._fresh = fresh
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()
        self._held: IO[str] | None = None
        self._saved = SavedState(self.state)
        self._serving = False
        # Whether this session has ended and could not be saved.
        self.is_lost = False
        self.facts: Facts = {}

    # life -------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Package, start, deploy, let people in; afterwards everything answers."""
        self._held = hold(self.state)
        try:
            with self.blaming_the_emulator():
                self._start()
        except BaseException:
            self.stop()
            raise

    @contextlib.contextmanager
    def blaming_the_emulator(self) -> Iterator[None]:
        """Tell in a sentence what fails because the emulator has ended, or the disk is full."""
        try:
            yield
        except Exception:
            if shutil.disk_usage(self.state).free < LEAST_ROOM:
                raise CannotStart(
                    f"The disk that holds {self.state} is full; make room and run this again."
                ) from None
            if "emulator" in self.__dict__:
                self.emulator.check(patience=1)
            raise

    def _start(self) -> None:
        last = Emulator(self.state, 0)
        last.stop_orphan()
        if self._fresh:
            self._saved.forget()
        fresh = not self._saved.take_up(self.say, killed=last.was_killed)
        ports = self._saved.ports(self._asked_port)
        self.url = f"http://127.0.0.1:{ports['origin']}"
        self.say("Packaging the services …")
        made = package()
        self.provider = FakeProvider(self.state)
        self.emulator = Emulator(self.state, ports["emulator"], enforce_iam=self._enforce_iam)
        self.proxy = self._open_proxy(ports, made)
        self._start_behind(made, fresh)

    def _start_behind(self, made: Package, fresh: bool) -> None:
        self.say("Starting the emulator …")
        self.emulator.start()
        self.say("Deploying the stacks …")
        self.facts = self._deploy(made)
        self.people.create(users.load())
        self._publish_regions()
        self.time = BusinessTime(self._clock_file, self.client, self._services(made))
        if fresh and self._first_now is not None:
            self.time.set(self._first_now)
        self.proxy.start()
        self._serving = True
        self._saved.announce(self.url)
        if not fresh:
            self.say("Finishing what was under way …")
            self.time.settle()

    def stop(self) -> None:
        """Close the address, let what is under way end, save the state, end."""
        with unbroken():
            proxy: Proxy | None = self.__dict__.pop("proxy", None)
            if proxy is not None:
                proxy.stop()
        saves = self._serving and self.emulator.alive
        if saves:
            self._end_quietly()
        with unbroken():
            self._serving = False
            emulator: Emulator | None = self.__dict__.pop("emulator", None)
            if emulator is not None:
                emulator.stop()
                self.is_lost = saves and emulator.was_killed
                if self.is_lost:
                    self.say(NOT_SAVED.format(log=self.state / "emulator.log"))
            provider: FakeProvider | None = self.__dict__.pop("provider", None)
            if provider is not None:
                provider.close()
            if self._held is not None:
                self._held.close()
                self._held = None

    def _end_quietly(self) -> None:
        """End when nothing moves, since the emulator saves one service after another.

        A second Ctrl-C ends the wait, not the saving.
        """
        with contextlib.suppress(NotQuiet, BotoCoreError, ClientError, KeyboardInterrupt):
            self.time.settle(patience=LAST_PATIENCE)

    # what people and tests do -----------------------------------------------------------------

    @cached_property
    def people(self) -> users.UserPool:
        """The people who have accounts."""
        return users.UserPool(
            self.client("cognito-idp"), self.facts["UserPoolId"], self.facts["UserPoolClientId"]
        )

    def token(self, user: str) -> str:
        """Return a fresh token of a person of demo/users.toml."""
        return self.people.token(user)

    @property
    def machine_tokens(self) -> MachineTokens:
        """The tokens of bots and integrators."""
        return MachineTokens(self.client, self.facts)

    def bind(self, user: str, org: str) -> None:
        """Make a guardian's or partner's person speak for the organisation that now exists."""
        self.people.bind(user, org)
        self._http.forget(user)

    def sign_in(self, user: str, access_token: str) -> None:
        """Let a person without an account act by the token that a service gave."""
        self._http.sign_in(user, access_token)

    def call(
        self, user: str | None, method: str, path: str, body: Any = None, **more: Any
    ) -> Reply:
        """One HTTP request as a person (None: without a token); see HttpClient.call."""
        return self._http.call(user, method, path, body, **more)

    def now(self) -> datetime:
        """Return business time."""
        return self.time.now()

    def advance(self, to: datetime | None = None, *, hours: float = 0) -> datetime:
        """Move business time on, working every deadline on the way, and wait for the quiet."""
        return self.time.advance(to or self.now() + timedelta(hours=hours))

    def settle(self) -> None:
        """Wait until everything under way has happened."""
        self.time.settle()

    def messages(self) -> list[Message]:
        """Every message sent, in the order of sending."""
        return self.provider.messages()

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulator, blind to the person's own AWS settings."""
        with self._making:
            if service not in self._clients:
                self._clients[service] = local_client(service, self.emulator.endpoint)
            return self._clients[service]

    def logs(self, correlation_id: str) -> Iterator[dict[str, Any]]:
        """Return the lines that an id left in all services, oldest first."""
        logs, found = self.client("logs"), []
        for group in logs.describe_log_groups()["logGroups"]:
            events = logs.filter_log_events(
                logGroupName=group["logGroupName"], filterPattern=f'"{correlation_id}"'
            )["events"]
            found += [event | {"group": group["logGroupName"]} for event in events]
        yield from sorted(found, key=lambda event: event["timestamp"])

    # how it is put together -------------------------------------------------------------------

    @cached_property
    def _http(self) -> HttpClient:
        return HttpClient(self.url, self.token)

    @property
    def _clock_file(self) -> Path:
        return self.state / "clock"

    def _open_proxy(self, ports: dict[str, int], made: Package) -> Proxy:
        names = [stack.name for stack in made.stacks if stack.name != "platform"]
        apis = {name: ROOT / "docs" / "api" / f"{name}.json" for name in names}
        actions = {"clock": self._move_clock, "settle": lambda _: self.settle()}
        try:
            return Proxy(
                ports["origin"], ports["emulator"], apis, self.provider, self._now_as_text, actions
            )
        except OSError:
            raise port_taken(ports["origin"]) from None

    def _now_as_text(self) -> str:
        return self.time.now().isoformat(timespec="milliseconds")

    def _move_clock(self, asked: dict[str, Any]) -> dict[str, str]:
        now = self.now()
        if "to" in asked:
            ahead = datetime.fromisoformat(asked["to"]).astimezone(UTC) - now
        else:
            ahead = timedelta(hours=float(asked["advance_hours"]))
        if not timedelta() <= ahead <= FARTHEST:
            raise ValueError(
                f"Business time moves on only, and {FARTHEST.days} days at once at most; "
                f"it is {self._now_as_text()} now."
            )
        self.advance(now + ahead)
        return {"now": self._now_as_text()}

    def _deploy(self, made: Package) -> Facts:
        self._make_bucket()
        endpoint = self.emulator.endpoint
        for name, file in ((TELEPHONY, "local_telephony"), (CHANNELS, "local_channels")):
            secrets = (INFRA / "local_platform" / f"{file}.json").read_text("utf-8")
            self.client("ssm").put_parameter(
                Name=name,
                Value=secrets.replace("{url}", self.url),
                Type="SecureString",
                Overwrite=True,
            )
        deployer = Deployer(self.client, BUCKET, self.say, pause=0.05)
        return deployer.deploy(
            made,
            {
                "Stage": "local",
                "LocalEndpoint": endpoint,
                "ClockFile": str(self._clock_file.resolve()),
                "ChannelSecrets": CHANNELS,
                "PublicUrl": self.url,
                "AllowedOrigins": DEVELOPERS_PAGES,
                "TelephonySecrets": TELEPHONY,
            },
        )

    def _publish_regions(self) -> None:
        table = self.facts["ReferenceTableName"]
        try:
            regions = reference_table.led_by(read_stage("local"), self.people.identity)
            codes = read_code_lists("local")
            reference_table.publish(self.client("dynamodb"), table, regions, self.say, codes=codes)
        except (Unfit, users.UnknownUser, reference_table.Refusal) as refusal:
            raise CannotStart(str(refusal)) from None

    def _make_bucket(self) -> None:
        s3 = self.client("s3")
        if BUCKET not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=BUCKET)

    def _services(self, made: Package) -> dict[str, ServiceFacts]:
        deployed = {stack.name for stack in made.stacks}
        return {
            name: ServiceFacts(
                f"ryadom-{name}",
                self.facts[output_name(name, "DataTableName")],
                self.facts[output_name(name, "OutboxTableName")],
                tuple(
                    self.facts[fact]
                    for fact in (output_name(name, "QueueUrl"), output_name(name, "JobsQueueUrl"))
                    if fact in self.facts
                ),
            )
            for name in service_names()
            if name in deployed
        }
