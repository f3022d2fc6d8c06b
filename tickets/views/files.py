"""Files beside messages: as attachments, for those who see the message."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, signed_in_page
from tickets.models import Attachment


@require_safe
@signed_in_page
def ticket_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A file that came with a message; of an internal note for colleagues only."""
    rows = Attachment.objects.visible_to(actor_of(request)).select_related("file")
    found = rows.filter(public_id=file_id, file__removed_at__isnull=True).first()
    if found is None or not default_storage.exists(found.file.path):
        raise Http404
    # Read here: nothing streams past the end of the request's transaction (ADR 0002).
    with default_storage.open(found.file.path) as file:
        answer = HttpResponse(file.read(), content_type=found.file.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.file.original_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
