"""What every rendering of a document says of the document itself."""

from django.utils.translation import gettext as _

from common.document import Document
from common.templatetags.format import spell_day


def cover_facts(document: Document) -> list[tuple[str, str]]:
    """What stands beneath the title, each with its name."""
    facts = (
        (_("Period"), document.period),
        (_("Edition"), document.edition),
        (_("As of"), spell_day(document.generated_on)),
    )
    return [(label, value) for label, value in facts if value]


def foot_line(document: Document) -> str:
    """Whose page it is, of which edition and day: what a page that was torn out still says."""
    parts = (
        document.brand.name,
        document.organization,
        document.edition,
        spell_day(document.generated_on),
        document.footer,
    )
    return " · ".join(part for part in parts if part)
