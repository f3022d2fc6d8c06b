"""Whose documents they are."""

from django.conf import settings

from common.document import Brand


def house_brand() -> Brand:
    """Name and color of the installation, as its settings say."""
    return Brand(name=settings.BRAND_NAME, **({"color": settings.BRAND_COLOR} if settings.BRAND_COLOR else {}))
