"""Organizations in the administration site. Every save goes through the use cases, as the person who is signed in."""

from partners.admin import (  # noqa: F401
    balance,
    contacts,
    enablement,
    feedback,
    gates,
    growth,
    handoffs,
    organizations,
    plans,
    read_only,
    reviews,
    stakeholders,
    surveys,
    work,
)
