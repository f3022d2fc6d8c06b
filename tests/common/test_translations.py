"""Texts are looked up once for a language, and each language keeps its own."""

import pytest
from django.utils.translation import gettext, override, pgettext, trans_real

from common import translations


def test_each_language_has_its_own_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trans_real, "_translations", {})
    translations.remember()
    for _time in range(3):
        # Words that Django itself brings in both languages.
        with override("de"):
            assert gettext("January") == "Januar"
            assert pgettext("of a bell", "January") == "January"
        with override("en"):
            assert gettext("January") == "January"
    remembered = trans_real.translation("de").gettext.cache_info()
    assert (remembered.misses, remembered.hits) == (2, 4)


def test_it_is_offered_once() -> None:
    before = trans_real.DjangoTranslation.__init__
    translations.remember()
    assert trans_real.DjangoTranslation.__init__ is before
