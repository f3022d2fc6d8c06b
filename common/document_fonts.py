"""The fonts of documents: those beside the templates, and Chinese, Japanese and Korean from their own package."""

from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent / "documents" / "fonts"
_CJK = "noto_cjk_sans_otc"
_SCRIPTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai")
# The same code stands for a letter that each country draws in its own way.
_HAN = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK"}


def font_paths() -> list[str]:
    """The folders to look for fonts in; the package is found and never run."""
    found = find_spec(_CJK)
    return [str(FOLDER), *(found.submodule_search_locations or () if found else ())]


def families(language: str) -> list[str]:
    """The order in which fonts are asked for a letter, by the language of the document."""
    code = language.lower()
    country = _HAN.get(code) or _HAN.get(code.split("-")[0], "SC")
    return [*_SCRIPTS, f"Noto Sans CJK {country}"]
