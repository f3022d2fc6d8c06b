"""Bodies of samples: numbers as they were written, and what is no number of JSON kept for its row."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from health.rules.sample_reading import NoNumber

_HALF = re.compile(r"[\ud800-\udfff]")


class SampleParser(BaseParser):
    """JSON with exact decimals. NaN and Infinity are read, so that the answer can name their rows."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode()
            parsed = json.loads(text, parse_float=Decimal, parse_constant=NoNumber)
            # Half of a pair of UTF-16 comes as an escape alone.
            has_half = "\\u" in text and _HALF.search(json.dumps(parsed, ensure_ascii=False, default=str)) is not None
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        except (ValueError, InvalidOperation) as error:
            raise ParseError(_("This is no JSON: %(error)s") % {"error": error}) from error
        if has_half:
            raise ValidationError([_("A text holds half of a pair of characters, which is none.")])
        return parsed
