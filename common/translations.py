"""Translations looked up once in a process.

A page shows more than a hundred texts, and Django looks each of them up in the catalogs of all apps, one after the
other, each time; for a list of fifty rows that takes as long as its SQL.
"""

from functools import lru_cache
from typing import Any

from django.utils.translation import trans_real

MOST = 16_384
"""Texts of a language that a process remembers."""


def remember() -> None:
    """Have each language's catalog remember what it was asked. Loading it anew, as the reloader does, begins anew."""
    make = trans_real.DjangoTranslation.__init__
    if getattr(make, "remembers", False):
        return

    def make_remembering(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        _remembering(self)

    make_remembering.remembers = True  # type: ignore[attr-defined]
    trans_real.DjangoTranslation.__init__ = make_remembering  # type: ignore[method-assign]
    for loaded in trans_real._translations.values():  # type: ignore[attr-defined]
        _remembering(loaded)


def _remembering(translation: Any) -> None:
    translation.gettext = lru_cache(maxsize=MOST)(translation.gettext)
