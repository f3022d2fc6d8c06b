"""Bodies of calls, refused at the door where no text of ours could hold them."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

# Half of a pair of UTF-16, which JSON can write as an escape and no encoding can.
_HALF = re.compile(r"[\ud800-\udfff]")


class JsonParser(JSONParser):
    """JSON as the database and an answer can hold it: no lone surrogates, no nesting without end."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            parsed = super().parse(stream, media_type, dict(parser_context or {}))
            has_half = _HALF.search(json.dumps(parsed, ensure_ascii=False)) is not None
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        if has_half:
            raise ValidationError([_("A text holds half of a pair of characters, which is none.")])
        return parsed
