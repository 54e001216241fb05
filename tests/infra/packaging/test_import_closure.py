"""A zip holds what its handlers can reach, and nothing that only a type checker reads."""

from pathlib import Path

import pytest

from infra.packaging.import_closure import closure, copy_closure

APP = """
import json
from typing import TYPE_CHECKING

import boto3
from shared import clock
from shared.parts import Parts

if TYPE_CHECKING:
    import mypy_boto3
    from services.toy.typed import Only

PARTS = Parts("toy", "loans", "fines")
OTHER = Parts("toy", "unheard_of")


def handle(event):
    if event:
        from services.toy.lazy import work
        import reportlab.pdfgen

        return work(open("words.toml"), "policy")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "shared/__init__.py": "",
        "shared/clock.py": "from datetime import datetime\n",
        "shared/parts.py": "class Parts: ...\n",
        "shared/unused.py": "import numpy\n",
        "shared/data/codes.toml": "",
        "shared/data/others.toml": "",
        "services/__init__.py": "",
        "services/toy/__init__.py": "",
        "services/toy/app.py": APP,
        "services/toy/words.toml": "",
        "services/toy/policy.cedar": "",
        "services/toy/policy.md": "",
        "services/toy/unread.toml": "",
        "services/toy/typed.py": "import pandas\n",
        "services/toy/lazy.py": 'from shared.reader import read\nread("codes.toml")\n',
        "shared/reader.py": 'READS = "codes.toml"\n',
        "services/toy/loans/__init__.py": "",
        "services/toy/loans/routes.py": "from services.toy.fines import domain\n",
        "services/toy/fines/__init__.py": "",
        "services/toy/fines/domain.py": "import services.toy.loans.rules\n",
        "services/toy/fines/reactions.py": "",
        "services/toy/loans/rules.py": "import services.toy.app\n",
        "services/toy/unheard_of/__init__.py": "",
        "services/toy/unheard_of/routes.py": "import pandas\n",
        "services/other/__init__.py": "import chalice\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


REACHED = {
    "services/__init__.py", "services/toy/__init__.py", "services/toy/app.py",
    "services/toy/lazy.py", "services/toy/loans/__init__.py", "services/toy/loans/routes.py",
    "services/toy/loans/rules.py", "services/toy/fines/__init__.py",
    "services/toy/fines/domain.py", "services/toy/fines/reactions.py",
    "shared/__init__.py", "shared/clock.py", "shared/parts.py", "shared/reader.py",
}  # fmt: skip


def test_what_a_handler_imports_now_later_or_by_its_parts_is_reached(root: Path) -> None:
    found = closure(["services.toy.app"], root)
    assert {str(each.relative_to(root)) for each in found} == REACHED
    named = {name.partition(".")[0] for each in found.values() for name in each}
    assert named & {"boto3", "reportlab", "pandas", "chalice"} == {"boto3", "reportlab"}


def test_with_the_modules_come_the_tables_and_policies_that_they_name(root: Path) -> None:
    target = root / "zip"
    copy_closure(["services.toy.app"], root, target)
    copied = {str(each.relative_to(target)) for each in target.rglob("*") if each.is_file()}
    data = {"services/toy/words.toml", "services/toy/policy.cedar", "shared/data/codes.toml"}
    assert copied == REACHED | data
    assert (target / "services/toy/app.py").read_text("utf-8") == APP
