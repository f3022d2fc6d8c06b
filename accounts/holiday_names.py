"""Public holidays by country and subdivision, from the `holidays` library, each year computed once per process."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES


@lru_cache(maxsize=1)
def countries() -> Mapping[str, tuple[str, ...]]:
    """The countries that the library knows, by their ISO 3166 code, each with the codes of its subdivisions."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(known[code]) for code in sorted(known) if len(code) == 2}


@lru_cache(maxsize=1_024)
def holiday_names(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """The holidays of a year by day, in English where the library has it; none for a place it does not know.

    An observed day counts as a holiday of its own: it is a day on which people do not work.
    """
    if country not in countries() or (subdivision and subdivision not in countries()[country]):
        return {}
    languages = _languages().get(country, ())
    language = next((wanted for wanted in ("en_US", "en", "en_GB") if wanted in languages), None)
    found = holidays.country_holidays(
        country, subdiv=subdivision or None, years=year, expand=False, observed=True, language=language
    )
    return {day: name for day, name in found.items() if day.year == year}


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, list[str]]:
    return holidays.list_localized_countries(include_aliases=False)


@lru_cache(maxsize=1)
def country_choices() -> tuple[tuple[str, str], ...]:
    """Code and English name of every country that the library knows, by name."""
    named = {entry[1]: _in_words(entry[0]) for entry in COUNTRIES.values()}
    return tuple(sorted(((code, named.get(code, code)) for code in countries()), key=lambda pair: pair[1]))


def country_name(code: str) -> str:
    """The English name of a country; a code that nobody knows stays as it is."""
    return _names().get(code, code)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return dict(country_choices())


def _in_words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
