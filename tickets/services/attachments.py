"""Files that come with a message, kept in the transaction that writes it."""

from collections.abc import Sequence
from contextlib import ExitStack

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.services import stored_files
from tickets.models import Attachment, Message

MOST_FILES = 10
"""Beside one message."""


def attach(*, message: Message, files: Sequence[File], user_id: int | None, field: str = "files") -> list[Attachment]:
    """Keep these files beside a message that is being written; the caller has checked the right.

    Raises DomainError (`field`): too many, too large, empty, or of a kind that is not taken.
    """
    if len(files) > MOST_FILES:
        raise DomainError(_("Up to %(count)s files go with a message.") % {"count": MOST_FILES}, field=field)
    made = []
    with ExitStack() as kept:
        for file in files:
            stored = kept.enter_context(
                stored_files.kept(
                    file=file,
                    folder="tickets",
                    most_bytes=settings.EVIDENCE_MAX_BYTES,
                    owner_id=user_id,
                    organization_id=message.organization_id,
                    field=field,
                )
            )
            made.append(
                Attachment.objects.create(
                    organization_id=message.organization_id,
                    ticket_id=message.ticket_id,
                    message=message,
                    file=stored,
                    uploaded_by_id=user_id,
                )
            )
    return made
