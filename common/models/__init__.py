"""Infrastructure tables; they know no business thing and have no foreign key upward."""

from common.models.base import ImmutableUnaccent, PublicModel, Timestamped
from common.models.files import StoredFile
from common.models.imports import ImportChange, ImportRun, ImportState
from common.models.outbox import Lease, Occurrence, Outbox
from common.models.policies import PolicyVersion
from common.models.sent_keys import SentKey
from common.models.working_copies import PolicyWorkingCopy

__all__ = [
    "ImmutableUnaccent",
    "ImportChange",
    "ImportRun",
    "ImportState",
    "Lease",
    "Occurrence",
    "Outbox",
    "PolicyVersion",
    "PolicyWorkingCopy",
    "PublicModel",
    "SentKey",
    "StoredFile",
    "Timestamped",
]
