"""What SAM makes of the built templates: the plain CloudFormation that a stage really gets."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local_platform import emulator
from infra.packaging.stack_defaults import for_release

Template = dict[str, Any]
Facts = Mapping[str, str]

# The translator needs another pydantic than ours, so the emulator's interpreter runs it.
_TRANSLATE = """
import gc, json, os, sys
from types import SimpleNamespace
from samtranslator.translator.transform import transform
gc.disable()
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
no_policies = SimpleNamespace(load=lambda: {})
asked = json.load(sys.stdin)
made = [transform(template, facts, no_policies) for template, facts in asked]
sys.stdout.write(json.dumps(made))
"""


def parameters(template: Template, given: Facts) -> dict[str, str]:
    """Every parameter of a template: what is given, its default, else a value with its name."""
    return {
        name: str(given.get(name, asked.get("Default", f"the-{name}")))
        for name, asked in template["Parameters"].items()
    }


def translate(asked: Sequence[tuple[Template, Facts]]) -> list[Template]:
    """Each template as it is deployed with those of the facts that it asks for."""
    released = []
    for template, given in asked:
        facts = parameters(template, given)
        released.append((for_release(template, facts), facts))
    done = subprocess.run(
        [str(emulator.python()), "-c", _TRANSLATE],
        input=json.dumps(released),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Template] = json.loads(done.stdout)
    return found
