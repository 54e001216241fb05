"""What texts say of how long links and files live is what they live."""

from datetime import timedelta

from infra.services import ROOT
from shared.storage.files import UPLOAD_FOR


def test_a_link_lives_as_long_as_is_said() -> None:
    texts = [path.read_text("utf-8") for path in ROOT.glob("s*/**/problems.toml")]
    assert sum(text.count("действует четверть часа") for text in texts) == 3
    assert timedelta(minutes=15) == UPLOAD_FOR


def test_the_result_of_a_table_lives_as_long_as_is_said() -> None:
    assert "Мы храним его 30 дней" in (ROOT / "shared/problems.toml").read_text("utf-8")
    for stack, prefix in (("cards", "batches"), ("matching", "tables")):
        template = (ROOT / f"infra/{stack}.yaml").read_text("utf-8")
        assert f"Prefix: {prefix}/, ExpirationInDays: 30}}" in template, stack
