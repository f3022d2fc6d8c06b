"""The tools whose tickets can be brought in."""

from tickets.imports.courses import Source
from tickets.imports.ravenstack import RAVENSTACK
from tickets.imports.saasguard import SAASGUARD
from tickets.imports.servicenow import SERVICENOW
from tickets.imports.zendesk import ZENDESK

SOURCES: dict[str, Source] = {source.key: source for source in (SERVICENOW, RAVENSTACK, SAASGUARD, ZENDESK)}
