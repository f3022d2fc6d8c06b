"""News of organizations for the floors above, sent once the transaction has committed.

stage_changed: organization_id, kind, before, after (stages), at.
"""

from django.dispatch import Signal

stage_changed = Signal()
