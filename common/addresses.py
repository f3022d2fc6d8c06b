"""Addresses of things by their public id, for pages that link to a hundred of them."""

from functools import cache
from uuid import UUID

from django.urls import reverse

_NO_ID = UUID(int=0)


def address(url_name: str, public_id: object) -> str:
    """What `reverse(url_name, args=[public_id])` gives, for addresses with one id in them."""
    before, after = _around(url_name)
    return f"{before}{public_id}{after}"


@cache
def _around(url_name: str) -> tuple[str, str]:
    """An address before and after the id: looked up once in a process."""
    before, after = reverse(url_name, args=[_NO_ID]).split(str(_NO_ID))
    return before, after
