"""Reads CloudFormation written in YAML and puts a stack together from the files it includes.

A service's stack is `infra/X.yaml` laid over the files in its `Metadata.Includes`, which are plain
CloudFormation too: what all services have the same is written once, and a test can hold it. Which
events a service hears is read from its app (`subscriptions`).
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.packaging.subscriptions import subscribed
from infra.services import INFRA

Template = dict[str, Any]


# The parser in C is ten times as fast, and PyYAML has it on the usual platforms only.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short forms."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> Template:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)


def read(path: Path) -> Template:
    """One file, short forms written out."""
    loaded: Template = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    return loaded


def overlay(lower: Any, upper: Any) -> Any:
    """`upper` laid over `lower`: mappings meet, everything else is replaced."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    return lower | {
        key: overlay(lower[key], value) if key in lower else value for key, value in upper.items()
    }


@cache
def stack(name: str) -> Template:
    """Return the stack's template before chalice adds the functions and routes of app.py."""
    return subscribed(written(name), name)


def written(name: str) -> Template:
    """Return the stack as its files say it."""
    own = read(INFRA / f"{name}.yaml")
    whole: Template = {}
    for included in own.pop("Metadata", {}).get("Includes", []):
        whole = overlay(whole, read(INFRA / included))
    merged: Template = overlay(whole, own)
    return merged


def sources(name: str) -> list[Path]:
    """Return the files a stack is written in."""
    own = INFRA / f"{name}.yaml"
    return [own, *(INFRA / each for each in read(own).get("Metadata", {}).get("Includes", []))]
