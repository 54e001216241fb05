"""What people read of limits and periods is what the code keeps: 30 days there are 30 days here."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.cards import card_numbers, qr_codes
from services.cards.activation import policy as activation
from services.cards.cards import use_cases as codes
from services.cards.cards.values import CODE_DAYS, REMINDER_DAYS
from services.cards.lost_cards.repository import AN_HOUR_PER_CALLER
from services.cards.outlets.values import KEYS_NOTICE, LIVE_AT_ONCE
from services.cards.taken_once import WAITS
from services.cards.till import domain as till
from services.intake.call_backs.values import CLAIM
from services.intake.requests.repository import NUMBER_DIGITS
from services.intake.requests.vault_records import CODE_DIGITS
from services.intake.rights.use_cases.link_use import LINK_LIFETIME
from services.intake.rights.use_cases.person_requests import WORKING_DAYS
from services.matching.agreements.values import LINK_HOURS
from services.matching.bonds.values import REST
from services.matching.matches.facts import INTRODUCTION_LIMIT, LAPSE
from services.matching.matches.proposal import MOST_VERSIONS
from services.matching.media.use_cases import FILES_A_DAY
from services.notifications.channels import breaker, hooks
from services.notifications.questionnaires.values import LONGEST
from services.notifications.webhook_deliveries import domain as deliveries
from services.notifications.webhook_endpoints import domain as endpoints
from shared.api import inputs
from shared.identity import devices, people_tokens, sign_ins
from shared.privacy.contact import LONGEST_NAME
from shared.reference.regions import WORDS_KEPT_DAYS
from shared.storage import cursors, idempotency
from shared.storage.files import UPLOAD_FOR

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CARDS, TILL, KERNEL = "services/cards/", "services/cards/till/", "shared/"
INTAKE, MATCHING, TOLD = "services/intake/", "services/matching/", "services/notifications/"
CALL, BOT = "docs/how-to/call-the-api.md", "docs/how-to/connect-a-bot.md"
HOOKS, PHONE = "docs/how-to/receive-webhooks.md", "docs/phone-code.md"
STORES = "docs/partners/README.md"

# (where, what is read there, what the code keeps, what that must be)
PROMISES = (
    (CARDS + "problems.toml", "За час можно искать двадцать раз", AN_HOUR_PER_CALLER, 20),
    (CARDS + "problems.toml", "На карте 16 цифр", card_numbers.DIGITS, 16),
    (TILL + "problems.toml", "наберите 16 цифр с карты", card_numbers.DIGITS, 16),
    (CARDS + "problems.toml", "В коде не 8 цифр", codes.CODE_DIGITS, 8),
    (CARDS + "problems.toml", "Введите все 8 цифр кода", codes.CODE_DIGITS, 8),
    (CARDS + "problems.toml", "После пяти ошибок", activation.TRIES_OF_A_NUMBER, 5),
    (
        CARDS + "problems.toml",
        "придётся подождать час",
        activation.HOUR * timedelta(seconds=1),
        HOUR,
    ),
    (CARDS + "problems.toml", "Код действует 30 дней", CODE_DAYS, 30),
    (TOLD + "templates/cards.toml", "Код действует 30 дней", CODE_DAYS, 30),
    (TOLD + "templates/cards.toml", "получил карту две недели назад", REMINDER_DAYS, 14),
    (CARDS + "problems.toml", "список хранится четверть часа", WAITS, 15 * MINUTE),
    (CARDS + "problems.toml", "У этой кассы уже два ключа", LIVE_AT_ONCE, 2),
    (CARDS + "problems.toml", "есть ключ ещё больше чем на месяц", KEYS_NOTICE, 30 * DAY),
    (TILL + "problems.toml", "можно набрать 30 номеров", till.TRIES_A_MINUTE, 30),
    (TILL + "problems.toml", "было 10 неверных номеров", till.BAD_TRIES_A_MINUTE, 10),
    (TILL + "problems.toml", "прошло больше 24 часов", till.PURCHASE_WITHIN, 24 * 3600),
    (TILL + "problems.toml", "можно в течение 30 дней", till.ROLLBACK_WITHIN, 30 * 24 * 3600),
    (INTAKE + "consents.toml", "Через 30 дней после конца помощи", WORDS_KEPT_DAYS, 30),
    (INTAKE + "problems.toml", "не позвонит за 15 минут", CLAIM, 15 * MINUTE),
    (INTAKE + "problems.toml", "В номере 8 цифр", NUMBER_DIGITS, 8),
    (INTAKE + "problems.toml", "В коде 6 цифр", CODE_DIGITS, 6),
    (INTAKE + "problems.toml", "8 цифр номера и 6 цифр кода", (NUMBER_DIGITS, CODE_DIGITS), (8, 6)),
    (INTAKE + "problems.toml", "Ссылка работает три дня", LINK_LIFETIME, 3 * DAY),
    (TOLD + "templates/intake.toml", "ответим за 10 рабочих дней", WORKING_DAYS, 10),
    (MATCHING + "problems.toml", "Отказ был меньше 90 дней назад", REST, 90 * DAY),
    (MATCHING + "problems.toml", "прошло больше 72 часов", INTRODUCTION_LIMIT, 72 * HOUR),
    (MATCHING + "problems.toml", "Соглашение меняли 50 раз", MOST_VERSIONS, 50),
    (MATCHING + "problems.toml", "Ссылка работает три дня", LINK_HOURS, 72),
    (MATCHING + "problems.toml", "можно загрузить 100 файлов за сутки", FILES_A_DAY, 100),
    (TOLD + "templates/matching.toml", "за неделю не состоялось", LAPSE, 7 * DAY),
    (TOLD + "problems.toml", "Сократите до 2000 знаков", LONGEST, 2000),
    (TOLD + "questionnaires/page.toml", "Сократите до 2000 знаков", LONGEST, 2000),
    (TOLD + "questionnaires/page.toml", "сократите ответ до 2000 знаков", LONGEST, 2000),
    (KERNEL + "problems.toml", "Проверьте шесть цифр", sign_ins.DIGITS, 6),
    (KERNEL + "problems.toml", "После пяти ошибок", sign_ins.TRIES, 5),
    (KERNEL + "problems.toml", "Код введён неверно пять раз", sign_ins.TRIES, 5),
    (KERNEL + "problems.toml", "Код действует 10 минут", sign_ins.LIFETIME, 10 * MINUTE),
    *(
        (TOLD + f"templates/{name}.toml", "Он действует 10 минут", sign_ins.LIFETIME, 10 * MINUTE)
        for name in ("cards", "intake", "matching")
    ),
    (KERNEL + "problems.toml", "ссылка действует 24 часа", cursors.LIFETIME_SECONDS, 24 * 3600),
    (KERNEL + "problems.toml", "не больше 60 знаков", LONGEST_NAME, 60),
    (KERNEL + "problems.toml", "Ссылка действует четверть часа", UPLOAD_FOR, 15 * MINUTE),
    (MATCHING + "problems.toml", "Ссылка действует четверть часа", UPLOAD_FOR, 15 * MINUTE),
)
# What integrators and stores read.
OF_PAGES = (
    (CALL, "an access token for 15 minutes", people_tokens.LIFETIME, 15 * MINUTE),
    (CALL, "a refresh token for 30 days", devices.LIFETIME, 30 * DAY),
    (CALL, "`Idempotency-Replayed: true`), for 7 days", idempotency.RETENTION, 7 * DAY),
    (CALL, "and filters and for 24 hours", cursors.LIFETIME_SECONDS, 24 * 3600),
    (BOT, "that family alone for 15 minutes", people_tokens.LIFETIME, 15 * MINUTE),
    (HOOKS, "Answer within 3 seconds", hooks.READ_SECONDS, 3),
    (HOOKS, "30 seconds later", endpoints.KNOWN_AFTER, timedelta(seconds=30)),
    (HOOKS, "For 24 hours each call is signed", endpoints.BOTH_SIGN, DAY),
    (HOOKS, "(the latest five)", endpoints.MOST_FORMER, 5),
    (HOOKS, "takes nothing for 24 hours is disabled", endpoints.FAILS_FOR, DAY),
    (HOOKS, "five times in a row is left alone for half a minute", breaker.FAILURES, 5),
    (HOOKS, "in a row is left alone for half a minute", breaker.RESTS_SECONDS, 30),
    (
        HOOKS,
        "after 5 seconds, 1 and 5 and 30 minutes, 2, 8 and 24 hours",
        [pause / timedelta(seconds=1) for pause in deliveries.PAUSES],
        [5, 60, 300, 1800, 7200, 8 * 3600, 24 * 3600],
    ),
    (STORES, "больше 30 проверок за минуту", till.TRIES_A_MINUTE, 30),
    (STORES, "после 10 неверных номеров за минуту", till.BAD_TRIES_A_MINUTE, 10),
    (STORES, "номера 15 минут не принимаются", till.LOCKED_MINUTES, 15),
    (STORES, "больше 64 КБ", inputs.MAX_BODY, 64 * 1024),
    (STORES, "прошли сутки", till.PURCHASE_WITHIN, 24 * 3600),
    (STORES, "прошло 30 дней", till.ROLLBACK_WITHIN, 30 * 24 * 3600),
    (STORES, "больше 30 возвратов одной покупки", till.MAX_RETURNS, 30),
    (STORES, "В течение 10 минут повтор", till.REPEAT_WITHIN, 600),
    (STORES, "меняется каждые 30 секунд", qr_codes.STEP_SECONDS, 30),
    (PHONE, "floor(Unix time in seconds / 30)", qr_codes.STEP_SECONDS, 30),
)
# Set by law, or held to what they say by a test of their own.
ELSEWHERE = (
    "10 цифр, у предпринимателя 12", "10 цифр у организации, 12 у", "13 цифр у организации, 15 у",
    "до 200 знаков", "Мы храним его 30 дней", "Прошло 60 часов", "24 часа в сутки", '"24 часа"',
)  # fmt: skip
NUMBER = re.compile(
    r"\d+ (?:рабочих )?(?:минут|час|дн[ея]|дней|суток|знак|цифр|раз\b|файл|номер|неверн|верси)"
)
TEXTS = sorted(
    str(path)
    for room in ("services", "shared")
    for path in Path(room).rglob("*.toml")
    if "data" not in path.parts
)


@pytest.mark.parametrize(("file", "words", "kept", "said"), PROMISES + OF_PAGES)
def test_a_number_in_a_text_is_the_one_that_is_kept(
    file: str, words: str, kept: object, said: object
) -> None:
    assert words in Path(file).read_text("utf-8")
    assert kept == said


def test_every_number_that_people_read_is_held_to_what_is_kept() -> None:
    assert list(_loose()) == []


def _loose() -> Iterator[str]:
    for file in TEXTS:
        known = [words for where, words, *_ in PROMISES if where == file]
        for number, line in enumerate(Path(file).read_text("utf-8").splitlines(), 1):
            rest = line
            for words in (*known, *ELSEWHERE):
                rest = rest.replace(words, "")
            if not line.startswith("#") and NUMBER.search(rest):
                yield f"{file}:{number}: {rest.strip()}"
