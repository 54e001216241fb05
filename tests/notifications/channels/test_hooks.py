"""The way out to integrators: https, public addresses, no redirects, and no call without time."""

import pytest

from services.notifications.channels import hooks
from services.notifications.channels.hooks import HookAnswer, HookSender, refused_host
from shared import budget
from shared.errors import Unavailable
from tests.notifications.fake_receiver import receiver
from tests.support.lambda_context import Context

INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "10.0.0.8", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "224.0.0.1",
    "localhost", "localhost.", "db.internal", "printer.local", "intranet",
    "a..b", "-.example.org", "10.0.0.1%2f.example.org", "1.2.3.4.5", "metadata.google.internal",
    # What an address of IPv6 carries: NAT64, 6to4 and Teredo to the metadata of a cloud.
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[2001:0:a9fe:a9fe::1]", "[fd00:ec2::254]",
    "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b:1::7f00:1]", "[fec0::1]", "[5f00::1]",
]  # fmt: skip
WRONG = [
    "http://crm.example.org/", "ftp://crm.example.org/", "crm.example.org", "https://", "https:///a",
    "https://user@crm.example.org/", "https://crm.example.org/#a", "https://crm.example.org:port/",
    "https://crm.example.org\\@127.0.0.1/", "https://crm.example.org:443@127.0.0.1/",
    "//crm.example.org/", "https://crm.example.org:-1/",
]  # fmt: skip


def test_only_public_https_addresses_may_be_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {refused_host(f"https://{host}/x") for host in INSIDE} == {"url_not_public"}
    assert {url: refused_host(url) for url in WRONG} == dict.fromkeys(WRONG, "url_not_https")
    for port in (22, 25, 80, 6379, 65535):
        assert refused_host(f"https://crm.example.org:{port}/x") == "url_port"
    for host in (
        "crm.example.org",
        "[64:ff9b::808:808]",
        "crm.example.org:8443",
        "пример.рф",
        "8.8.8.8",
        "[2a00::1]",
    ):
        assert refused_host(f"https://{host}/a?b=c") is None

    monkeypatch.setenv("PRIVATE_WEBHOOKS", "yes")
    assert refused_host("http://127.0.0.1:8080/x") is None


def test_a_name_that_leads_inside_is_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(late_seconds=0) as system:
        inside = system.url.replace("http://127.0.0.1", "https://localhost")
        assert HookSender.connect().post_now(inside, b"{}", {}).http_status is None
        assert system.got == []
        monkeypatch.setenv("PRIVATE_WEBHOOKS", "yes")
        system.answers = [204, 301, "redirect", 410]
        answers = [HookSender().post_now(system.url, b"{}", {}) for _ in range(4)]

    assert [answer.http_status for answer in answers] == [204, 301, 307, 410]
    assert [answer.taken for answer in answers] == [True, False, False, False]
    assert [answer.gone for answer in answers] == [False, False, False, True]
    assert len(system.got) == 4
    assert HookSender().post_now(system.url, b"{}", {}).http_status is None


def test_the_open_connection_is_looked_at_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(hooks, "_is_public", lambda address: looked_at.append(address))
    with receiver(late_seconds=0) as system:
        inside = system.url.replace("http:", "https:")
        assert HookSender().post_now(inside, b"{}", {}).http_status is None

    assert looked_at == ["127.0.0.1"]


@pytest.mark.parametrize("public", [True, False])
def test_a_connection_that_leads_inside_is_closed(
    monkeypatch: pytest.MonkeyPatch, public: bool
) -> None:
    monkeypatch.setattr(hooks, "_is_public", lambda address: public)
    with receiver(late_seconds=0) as system:
        connection = hooks._PublicConnection("127.0.0.1", int(system.url.rpartition(":")[2]))
        if public:
            connection._new_conn().close()
        else:
            with pytest.raises(hooks._NotPublic):
                connection._new_conn()


def test_no_call_begins_that_could_outlast_its_invocation() -> None:
    with budget.of(Context(4_000)), pytest.raises(Unavailable):
        HookSender().post_now("https://crm.example.org/", b"{}", {})


def test_a_receiver_has_an_event_when_it_says_so_with_any_status_of_success() -> None:
    taken = {status: HookAnswer(status).taken for status in (None, 199, 200, 204, 299, 300)}
    assert taken == {None: False, 199: False, 200: True, 204: True, 299: True, 300: False}
