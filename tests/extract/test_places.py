"""Countries and organisations by their names."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import places
from archive.extract.places import NameKind

UN_MEMBERS = (
    "AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM "
    "CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS "
    "IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU MX FM MD "
    "MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST SA SN "
    "RS SC SL SG SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US UY UZ VU VE VN "
    "YE ZM ZW"
)


@pytest.mark.parametrize("code", UN_MEMBERS.split())
def test_every_member_of_the_united_nations_is_known_by_its_official_name(code: str) -> None:
    place = places.load("en").find(Locale("en").territories[code])
    assert place is not None
    assert place.country
    assert place.form is NameKind.NAME


@pytest.mark.parametrize(
    ("name", "country", "form"),
    [
        ("the USA", "United States", NameKind.NAME),
        ("U.S.", "United States", NameKind.NAME),
        ("American", "United States", NameKind.ADJECTIVE),
        ("Washington", "United States", NameKind.CAPITAL),
        ("the White House", "United States", NameKind.SEAT),
        ("the Kremlin", "Russia", NameKind.SEAT),
        ("Czech Republic", "Czechia", NameKind.NAME),
        ("Danes", "Denmark", NameKind.PEOPLE),
        ("Élysée", "France", NameKind.SEAT),
        ("Elysee", "France", NameKind.SEAT),
        ("Türkiye", "Turkey", NameKind.NAME),
        ("Côte d’Ivoire", "Ivory Coast", NameKind.NAME),
        ("E.U.", "European Union", NameKind.NAME),
    ],
)
def test_a_country_is_known_by_its_names_and_each_tells_what_kind_of_name_it_is(
    name: str, country: str, form: NameKind
) -> None:
    place = places.load("en").find(name)
    assert place is not None
    assert (place.name, place.form) == (country, form)


@pytest.mark.parametrize("word", ["us", "turkey", "who", "Victoria", "Kingston", "polish"])
def test_words_and_capitals_that_are_too_often_something_else_name_no_country(word: str) -> None:
    assert places.load("en").find(word) is None


def test_the_longest_name_wins() -> None:
    found = places.load("en").starting(("South", "Sudan", "said"))
    assert found is not None
    assert (found[0].name, found[1]) == ("South Sudan", 2)


def test_an_article_belongs_to_the_name_that_follows_it() -> None:
    found = places.load("en").starting(("The", "United", "States", "will"))
    assert found is not None
    assert (found[0].name, found[1]) == ("United States", 3)


def test_a_full_stop_is_no_part_of_a_name() -> None:
    found = places.load("en").starting(("Ukraine", "."))
    assert found is not None
    assert found[1] == 1


@given(st.text(max_size=40))
def test_the_spelling_in_which_names_are_compared_is_stable(text: str) -> None:
    once = places.key(text)
    if once.split(" ")[:1] not in (["the"], ["The"]):
        assert places.key(once) == once
