"""A CSV file as the body of a call."""

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.parsers import BaseParser

_CHUNK = 64 * 1024


class CsvParser(BaseParser):
    """Writes the body to a file of its own, never into memory. Its length was checked before (common/body_limit.py)."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, UploadedFile]:
        request = (parser_context or {})["request"]
        content = TemporaryFile()  # noqa: SIM115 - read after this call, closed with its last reader
        while chunk := stream.read(_CHUNK):
            content.write(chunk)
        size = content.tell()
        content.seek(0)
        name = str(request.query_params.get("name") or "import.csv")
        return {"file": UploadedFile(content, name=name, content_type=self.media_type, size=size)}
