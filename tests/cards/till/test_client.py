"""The partners' client and examples: fresh, and good against the real app over real HTTP."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from services.cards.till import app as till_app
from tests.cards.till.till_client import CARD, Shop, TillClient, proxied

ROOT = Path(__file__).parents[3]
TILL = "services/cards/till/problems.toml"
PATHS = "/usr/bin:/bin"
CLIENT = ROOT / "clients" / "till"


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def client() -> ModuleType:
    return _module(CLIENT / "ryadom_till.py")


@contextmanager
def answering(answers: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on this machine that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        do_GET = do_POST = answers

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def address() -> Iterator[str]:
    def answers(asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0))).decode()
        event = proxied(asked.command, asked.path, dict(asked.headers), body or None)
        answer = till_app.app(event, None)
        asked.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(answer["body"].encode())

    with answering(answers) as found:
        yield found


def test_the_client_is_what_the_document_says() -> None:
    done = subprocess.run([sys.executable, str(CLIENT / "generate.py"), "--check"])

    assert done.returncode == 0, "run python clients/till/generate.py"


def test_the_client_checks_sells_and_takes_back(
    till_client: TillClient, address: str, client: Any
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    till = client.TillClient(address, f"{shop.api_key}\n")  # as it was pasted

    check = till.check_card(number="1000 0000 0000 0009")
    bought = till.record_purchase(check.check_id, amount_kopecks=200_000, receipt_id="1")
    part = till.roll_back_purchase(check.check_id, amount_kopecks=50_000)
    back = till.roll_back_purchase(check.check_id)

    assert check.valid and check.discount_percent == 7
    assert bought.saved_kopecks == 14_000 and back.status == "rolled_back"
    assert part.left_kopecks == back.amount_kopecks == 150_000


def test_the_client_asks_for_the_outlet(till_client: TillClient, address: str, client: Any) -> None:
    outlet = client.TillClient(address, till_client.shop().api_key).get_outlet()

    assert (outlet.discount_percent, outlet.sandbox) == (7, False)
    assert outlet.message


def test_the_client_repeats_under_one_key(
    till_client: TillClient, address: str, client: Any
) -> None:
    shop = till_client.shop()
    till_client.card(CARD)
    till = client.TillClient(address, shop.api_key)

    told = [till.check_card(number=CARD, repeat=key) for key in ("till/7:1", "чек № 7") * 2]

    assert told[:2] == told[2:] and told[0] != told[1]
    assert len(till_client.records()) == 2


def test_the_client_tells_refusals_by_their_code(
    till_client: TillClient, address: str, client: Any
) -> None:
    till = client.TillClient(address, Shop().api_key)

    with pytest.raises(client.TillProblem) as refused:
        till.check_card(number=CARD)

    assert (refused.value.status, refused.value.code) == (401, "store_key_unknown")
    assert refused.value.detail


def test_the_client_says_when_nobody_answers(client: Any) -> None:
    till = client.TillClient("http://127.0.0.1:9", "key", attempts=1)

    with pytest.raises(client.TillUnreachable):
        till.check_card(number=CARD)


def test_what_a_network_on_the_way_answers_is_no_answer_and_gets_no_key(client: Any) -> None:
    """A page to log in, a proxy, a line that breaks: the cash desk sells on without a crash."""
    told: list[tuple[int, dict[str, str], bytes]] = [
        (200, {}, b"<html>"), (200, {}, b"[]"), (200, {}, b'{"a": 1}'), (200, {}, b"\xff"),
        (200, {"Content-Length": "99"}, b'{"valid": true'), (302, {"Location": "/log-in"}, b""),
        (502, {"Retry-After": "soon"}, b"<html>"), (403, {}, b'"no"'),
        (403, {}, b'{"message": "Forbidden"}'),
    ]  # fmt: skip
    left, paths = list(told), []

    def answers(asked: BaseHTTPRequestHandler) -> None:
        paths.append(asked.path)
        status, headers, body = left.pop(0)
        asked.send_response(status)
        for name, value in headers.items():
            asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(body)

    with answering(answers) as address:
        till = client.TillClient(address, "key", attempts=1)
        for _ in told:
            with pytest.raises(client.TillUnreachable):
                till.check_card(number=CARD)

    assert paths == ["/till/v1/card-checks"] * len(told)


def test_what_the_till_could_not_answer_is_asked_again_under_one_key_and_a_refusal_is_not(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, good = {"code": "till_unavailable", "detail": "Повторите"}, dict[str, Any]()
    good |= {"valid": True, "discount_percent": 7, "discount_kopecks": 0, "offer_id": None}
    good |= {"minimum_purchase_kopecks": 0, "reason": "ok", "message": "Скидка", "check_id": "c"}
    left: list[tuple[int, Any]] = []
    asked_with = list[tuple[str, Any]]()
    slept = list[float]()
    monkeypatch.setattr(client.time, "sleep", slept.append)

    def answers(asked: BaseHTTPRequestHandler) -> None:
        sent = json.loads(asked.rfile.read(int(asked.headers["Content-Length"])))
        asked_with.append((asked.headers["Idempotency-Key"], sent))
        status, body = left.pop(0)
        asked.send_response(status)
        asked.send_header("Retry-After", "7")
        asked.end_headers()
        asked.wfile.write(json.dumps(body).encode())

    with answering(answers) as address:
        till = client.TillClient(address + "/", "key")
        left[:] = [(500, busy), (502, "page"), (200, good | {"added": "by a newer till"})]
        assert till.check_card(number=CARD).check_id == "c"
        assert len({key for key, _ in asked_with}) == 1 and slept == [0.2, 0.4]
        assert [sent for _, sent in asked_with] == [{"number": CARD}] * 3

        left[:] = [(503, busy)] * 4
        with pytest.raises(client.TillProblem) as refused:
            till.check_card(number=CARD)
        assert (refused.value.status, refused.value.retry_after, len(left)) == (503, 7, 1)

        left[:] = [(429, busy)] * 2
        with pytest.raises(client.TillProblem) as refused:
            till.check_card(number=CARD)
        assert (refused.value.status, refused.value.retry_after, len(left)) == (429, 7, 1)
    assert len({key for key, _ in asked_with}) == 3


@pytest.mark.skipif(shutil.which("curl", path=PATHS) is None, reason="there is no curl")
def test_the_curl_examples_of_the_partners_page_work_as_pasted(
    till_client: TillClient, address: str
) -> None:
    told = []
    for block in _examples("sh"):
        done = _run(["sh", "-eu", "-c", block], till_client, address)
        told.append(json.loads(done.stdout))
    assert any(answer.get("sandbox") for answer in told)
    assert {answer["reason"] for answer in told if "reason" in answer} == {"ok"}


def test_the_python_examples_of_the_partners_page_work_as_pasted(
    till_client: TillClient, address: str
) -> None:
    for block in _examples("python"):
        done = _run([sys.executable, "-c", block], till_client, address)
        assert "сделайте скидку 7 %" in done.stdout


def _examples(kind: str) -> list[str]:
    """The blocks of the partners' page in a language; it has some."""
    page = (ROOT / "docs" / "partners" / "README.md").read_text("utf-8")
    blocks = re.findall(rf"```{kind}\n(.*?)```", page, re.S)
    assert blocks
    return blocks


def _run(
    command: list[str], till_client: TillClient, address: str
) -> subprocess.CompletedProcess[str]:
    """Run an example as a shop of the sandbox would."""
    key = till_client.shop(sandbox=True).api_key
    settings = {"RYADOM_URL": address, "RYADOM_KEY": key, "PATH": PATHS, "PYTHONPATH": str(CLIENT)}
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def test_the_pages_name_only_codes_that_exist() -> None:
    known = set(re.findall(r"^\[(\w+)\]", _texts("shared/problems.toml", TILL), re.M))
    for page in (ROOT / "docs" / "partners").glob("*.md"):
        named = re.findall(r"^\| `(\w+)` \| \d", page.read_text("utf-8"), re.M)
        assert set(named) <= known, page.name


def test_the_page_for_stores_names_each_refusal_of_the_till() -> None:
    page = (ROOT / "docs" / "partners" / "README.md").read_text("utf-8")

    told = set(re.findall(r"^\[(\w+)\]", _texts(TILL), re.M)) - {"next_steps", "validation"}
    # Repeated under the same key, as other refusals are, it would be refused for ever.
    told |= set(re.findall(r"^\[(\w*idempotency\w*)\]", _texts("shared/problems.toml"), re.M))

    assert told <= set(re.findall(r"^\| `(\w+)` \| \d", page, re.M))


def _texts(*files: str) -> str:
    return "\n".join((ROOT / each).read_text("utf-8") for each in files)
