"""The subjects of the federation, and what a stage's files may say of its regions."""

import re
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.configuration import regions
from infra.configuration.regions import Unfit, federation, read_region, read_stage
from services.notifications.footer_links import domain as footer_links
from shared.reference.regions import Region

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
CAPITALS = {
    "RU-KGD": ("Europe/Kaliningrad", 2), "RU-MOW": ("Europe/Moscow", 3),
    "RU-KIR": ("Europe/Kirov", 3), "RU-VGG": ("Europe/Volgograd", 3),
    "RU-SAM": ("Europe/Samara", 4), "RU-UD": ("Europe/Samara", 4),
    "RU-AST": ("Europe/Astrakhan", 4), "RU-SAR": ("Europe/Saratov", 4),
    "RU-ULY": ("Europe/Ulyanovsk", 4), "RU-SVE": ("Asia/Yekaterinburg", 5),
    "RU-BA": ("Asia/Yekaterinburg", 5), "RU-PER": ("Asia/Yekaterinburg", 5),
    "RU-OMS": ("Asia/Omsk", 6), "RU-NVS": ("Asia/Novosibirsk", 7), "RU-TOM": ("Asia/Tomsk", 7),
    "RU-ALT": ("Asia/Barnaul", 7), "RU-AL": ("Asia/Barnaul", 7),
    "RU-KEM": ("Asia/Novokuznetsk", 7), "RU-KYA": ("Asia/Krasnoyarsk", 7),
    "RU-IRK": ("Asia/Irkutsk", 8), "RU-BU": ("Asia/Irkutsk", 8), "RU-ZAB": ("Asia/Chita", 9),
    "RU-SA": ("Asia/Yakutsk", 9), "RU-AMU": ("Asia/Yakutsk", 9),
    "RU-PRI": ("Asia/Vladivostok", 10), "RU-KHA": ("Asia/Vladivostok", 10),
    "RU-YEV": ("Asia/Vladivostok", 10), "RU-MAG": ("Asia/Magadan", 11),
    "RU-SAK": ("Asia/Sakhalin", 11), "RU-KAM": ("Asia/Kamchatka", 12),
    "RU-CHU": ("Asia/Anadyr", 12),
}  # fmt: skip
# Subjects of each federal district; four of the 89 are in none.
SIZES = {
    "Центральный": 18, "Северо-Западный": 11, "Южный": 8, "Северо-Кавказский": 7,
    "Приволжский": 14, "Уральский": 6, "Сибирский": 10, "Дальневосточный": 11, None: 4,
}  # fmt: skip

REGION = """
title = "Лесная область"
zone = "Europe/Samara"

[districts.D01]
name = "Первый район"
centre = [53.2, 50.1]
neighbours = ["D02"]

[districts.D02]
name = "Второй район"
centre = [53.3, 50.2]
neighbours = ["D01"]
"""


def _told(field: str) -> list[Any]:
    return [each.get(field) for each in federation().values()]


def test_all_subjects_are_there_once() -> None:
    assert len(federation()) == 89
    assert all(re.fullmatch(r"\d\d", number) for number in federation())
    assert len(set(_told("name"))) == 89
    assert {each: _told("federal_district").count(each) for each in SIZES} == SIZES


def test_codes_are_those_of_iso_or_none() -> None:
    codes = [code for code in _told("iso") if code]

    assert len(codes) == len(set(codes)) == 83
    assert all(re.fullmatch(r"RU-[A-Z]{2,3}", code) for code in codes)
    without = {number for number, each in federation().items() if "iso" not in each}
    assert without == {"90", "91", "92", "93", "94", "95"}


def test_clocks_are_those_of_the_country_and_never_move() -> None:
    zones = {name: ZoneInfo(name) for name in _told("zone")}

    for name, zone in zones.items():
        winter, summer = (moment.astimezone(zone).utcoffset() for moment in (WINTER, SUMMER))
        assert winter is not None and winter == summer, name
        assert timedelta(hours=2) <= winter <= timedelta(hours=12), name
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    of_country = {row[2] for row in rows if row[0] == "RU"} | {"Europe/Simferopol"}
    # The rest are parts of Yakutia and of the Kuril islands.
    assert of_country - set(zones) == {"Asia/Khandyga", "Asia/Ust-Nera", "Asia/Srednekolymsk"}
    assert set(zones) <= of_country


@pytest.mark.parametrize("iso", CAPITALS)
def test_a_subject_has_the_zone_of_its_capital(iso: str) -> None:
    zone, hours = CAPITALS[iso]
    (found,) = (each["zone"] for each in federation().values() if each.get("iso") == iso)

    assert found == zone
    assert WINTER.astimezone(ZoneInfo(found)).utcoffset() == timedelta(hours=hours)


def test_all_else_keeps_the_time_of_moscow_or_of_the_urals() -> None:
    others = {each["zone"] for each in federation().values() if each.get("iso", "") not in CAPITALS}
    assert others == {
        "Europe/Moscow", "Europe/Simferopol", "Asia/Yekaterinburg", "Asia/Krasnoyarsk"
    }  # fmt: skip


# files --------------------------------------------------------------------------------------


def read(folder: Path, text: str, code: str = "LS") -> Region:
    path = folder / f"{code}.toml"
    path.write_text(text, encoding="utf-8")
    return read_region(path)


def test_a_file_may_begin_as_editors_on_windows_save_it(tmp_path: Path) -> None:
    assert read(tmp_path, f"\ufeff{REGION}") == read(tmp_path, REGION)


def test_the_local_stage_has_three_regions_in_three_zones() -> None:
    found = read_stage("local")

    assert {code: region.zone.key for code, region in found.items()} == {
        "YN": "Europe/Kaliningrad",
        "YY": "Asia/Vladivostok",
        "ZR": "Europe/Samara",
    }
    assert len(found["ZR"].districts) == 12


def test_a_subject_gives_what_the_file_does_not_say(tmp_path: Path) -> None:
    text = REGION.replace('title = "Лесная область"\nzone = "Europe/Samara"', 'subject = "14"')

    region = read(tmp_path, text)

    assert (region.title, region.iso) == ("Республика Саха (Якутия)", "RU-SA")
    assert (region.federal_district, region.zone.key) == ("Дальневосточный", "Asia/Yakutsk")


def test_a_district_may_have_other_clocks_than_its_region(tmp_path: Path) -> None:
    text = REGION.replace('name = "Второй район"', 'name = "Второй"\nzone = "Asia/Vladivostok"')

    districts = read(tmp_path, text).districts

    assert [each.zone and each.zone.key for each in districts.values()] == [
        None, "Asia/Vladivostok"
    ]  # fmt: skip


@pytest.mark.parametrize("centre", ["[66.2, -169.8]", "[64.7, 177.5]", "[54.7, 20.5]"])
def test_every_place_from_kaliningrad_to_beyond_the_date_line_is_one(
    tmp_path: Path, centre: str
) -> None:
    found = read(tmp_path, REGION.replace("[53.2, 50.1]", centre)).districts["D01"].centre
    assert f"[{found.latitude}, {found.longitude}]" == centre


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('"Europe/Samara"', '"Europe/Samarra"', "zone"),
        ('"Europe/Samara"', '"Europe/Paris"', "not a zone of this country"),
        ('zone = "Europe/Samara"', "", "zone: Field required"),
        ("[53.2, 50.1]", "[50.1, 53.2, 1]", "districts.D01.centre"),
        ("[53.2, 50.1]", "53.2", "districts.D01.centre"),
        ("[53.2, 50.1]", "[10.0, 50.1]", "latitude, longitude"),
        ("[53.2, 50.1]", "[53.2, 0.5]", "latitude, longitude"),
        ("[53.2, 50.1]", "[53.2, nan]", "latitude, longitude"),
        ('["D01"]', "[]", "D01 has the neighbour D02, but D02 has not D01"),
        ('["D01"]', '["D01", "D09"]', "D02 has a neighbour D09 that is no district"),
        ('["D01"]', '["D01", "D02"]', "D02 is its own neighbour"),
        ('"Второй район"', '"ПEРВЫЙ  р-н"', "means more than one district"),
        ('"Второй район"', '"Второй район"\naliases = ["d01"]', "means more than one district"),
        ('"Второй район"', '"Второй\\nрайон"', "districts.D02.name"),
        ('title = "Лесная область"', 'title = "Л"\niso = "UA-43"', "iso"),
        ('title = "Лесная область"', 'title = "Л"\nsubject = "80"', "subject: no such number"),
        ('title = "Лесная область"', 'title = "Л"\nsubject = ["66"]', "subject: no such number"),
        ('title = "Лесная область"', 'title = "Л"\ndistrict = 1', "district: Extra inputs"),
        ('[districts.D01]', '[links]\nmy_site = "x"\n[districts.D01]', "no message uses it"),
        ('[districts.D01]', '[links]\nfeedback_page = "x"\n[districts.D01]', "begins with https"),
        ('zone = "Europe/Samara"', 'zone = "Europe/Samara"\nwords_kept_days = 31', "words_kept"),
        ("[districts.D01]", "[districts.d01]", "districts.d01"),
        ('zone = "Europe/Samara"', 'zone = "Europe/Samara"\nholidays = ["21.03"]', "like 03-21"),
        ('zone = "Europe/Samara"', 'zone = "Europe/Samara"\nholidays = ["06-31"]', "like 03-21"),
        (
            'zone = "Europe/Samara"',
            'zone = "Europe/Samara"\ndays_off = [2027-05-19]\nworkdays = [2027-05-19]',
            "in days_off and in workdays: 2027-05-19",
        ),
        ("[districts.D01]", "[districts.D02]", "LS.toml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    assert good in REGION

    with pytest.raises(Unfit) as unfit:
        read(tmp_path, REGION.replace(good, bad))

    assert said in str(unfit.value)
    assert str(unfit.value).startswith("LS.toml: ")


@pytest.mark.parametrize("day", ["02-29", "08-30", "10-31"])
def test_a_region_may_have_its_own_holiday_on_any_day_of_the_year(tmp_path: Path, day: str) -> None:
    """No day after the 28th could be said, and 30 August is the day of a republic."""
    found = read(tmp_path, f'holidays = ["{day}"]\n{REGION}')
    assert not found.is_working_day(date.fromisoformat(f"2028-{day}"))


@pytest.mark.parametrize("code", ["ls", "L", "LS-1", "LONGREGION"])
def test_a_file_is_named_by_the_code_of_its_region(tmp_path: Path, code: str) -> None:
    with pytest.raises(Unfit, match="code"):
        read(tmp_path, REGION, code)


def test_every_fault_of_a_stage_is_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "test" / "regions"
    folder.mkdir(parents=True)
    with pytest.raises(Unfit, match="holds no region"):
        read_stage("test", tmp_path)
    for code in ("AA", "BB"):
        read(folder, REGION, code)
    (folder / "CC.toml").write_text("title =", encoding="utf-8")
    (folder / "DD.toml").write_bytes(REGION.encode("cp1251"))
    (folder / "EE.toml.txt").write_text(REGION, encoding="utf-8")
    (folder / ".EE.toml.swp").touch()  # of an editor that has it open

    with pytest.raises(Unfit) as unfit:
        read_stage("test", tmp_path)

    told = str(unfit.value).splitlines()
    assert [line[:7] for line in told] == ["CC.toml", "DD.toml", "EE.toml", "2 regio"]
    assert "save it as UTF-8" in told[1] and "CODE.toml" in told[2]
    assert told[-1] == "2 regions have the title Лесная область"


@pytest.mark.parametrize(
    ("own", "told"), [('subject = "63"', "subject 63"), ('iso = "RU-SAM"', "iso RU-SAM")]
)
def test_no_two_regions_are_of_one_subject(tmp_path: Path, own: str, told: str) -> None:
    folder = tmp_path / "test" / "regions"
    folder.mkdir(parents=True)
    for code in ("AA", "BB"):
        read(folder, f"{own}\n{REGION.replace('Лесная', code)}", code)

    with pytest.raises(Unfit, match=f"^2 regions have the {told}"):
        read_stage("test", tmp_path)


def test_a_region_may_have_a_page_for_questions(tmp_path: Path) -> None:
    page = f'links = {{{footer_links.FEEDBACK_PAGE} = "https://example.org/q"}}'

    assert (
        read(tmp_path, page + REGION).links[footer_links.FEEDBACK_PAGE] == "https://example.org/q"
    )


def test_a_page_with_questions_is_the_same_here_and_in_what_operations_set() -> None:
    assert (regions.FEEDBACK_PAGE, regions.PAGE) == (footer_links.FEEDBACK_PAGE, footer_links.PAGE)
