"""Stored files on their way out: as attachments only (security.md 11)."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header

from common.models import StoredFile


def download(file: StoredFile | None) -> FileResponse:
    """The file piece by piece: it may be large, and the database is not asked. Raises Http404 without it."""
    if file is None or not default_storage.exists(file.path):
        raise Http404
    answer = FileResponse(default_storage.open(file.path), content_type=file.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, file.original_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
