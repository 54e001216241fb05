"""The README of a service names what the service hears and every kind of row that it keeps."""

import re

import pytest

from infra.services import ROOT, service_names
from tools import event_docs

# It hears whatever has a template or goes to integrators, which its page says as a rule.
BY_RULE = "notifications"
PREFIX = re.compile(r'^    prefix = "([A-Z_]+)"$', re.MULTILINE)


def unheard(service: str, page: str) -> set[str]:
    """Name the events that a service listens to and its page does not say under *Listens to*."""
    heard = page.partition("\n## Listens to\n")[2].partition("\n## ")[0]
    told = event_docs.listeners().items()
    own = {event for event, who in told if any(each.startswith(f"{service}: ") for each in who)}
    return {event.rpartition(".")[2] for event in own} - set(re.findall(r"\w+", heard))


def unlisted(service: str, page: str) -> set[str]:
    """Name the prefixes of rows that a service keeps and its page does not list."""
    folders = [ROOT / "services" / service]
    if (folders[0] / "sign_ins").exists():
        folders.append(ROOT / "shared" / "identity")
    texts = [path.read_text("utf-8") for each in folders for path in each.rglob("*.py")]
    kept = {prefix for text in texts for prefix in PREFIX.findall(text)}
    assert kept
    return kept - set(re.findall(r"`([A-Z_]+)(?=[#`])", page))


@pytest.mark.parametrize("service", service_names())
def test_a_service_names_every_metric_of_its_own_alarms(service: str) -> None:
    """Those of `infra/X.yaml`; what all services have stands in `docs/runbooks`."""
    stack = (ROOT / "infra" / f"{service}.yaml").read_text("utf-8")
    watched = set(re.findall(r"^ +MetricName: ([a-z_]+)$", stack, re.MULTILINE))
    assert watched - set(re.findall(r"`([a-z_]+)`", _page(service))) == set()


def _page(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text("utf-8")


@pytest.mark.parametrize("service", [each for each in service_names() if each != BY_RULE])
def test_a_service_lists_every_event_that_it_hears(service: str) -> None:
    assert unheard(service, _page(service)) == set()
    assert unheard(service, "\n## Tells\n")


@pytest.mark.parametrize("service", service_names())
def test_a_service_lists_every_kind_of_row_that_it_keeps(service: str) -> None:
    assert unlisted(service, _page(service)) == set()
    assert unlisted(service, "")
