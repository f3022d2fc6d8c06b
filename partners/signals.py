"""News of organizations for the floors above, sent once the transaction has committed.

stage_changed: organization_id, kind, before, after (stages), at.
handoff_accepted: organization_id, handoff_id, kind (of the handoff), giver_id, receiver_id, to_role, at.
gate_passed: organization_id, kind, stage, review_id, outcome (passed or overridden), at.
"""

from django.dispatch import Signal

stage_changed = Signal()
gate_passed = Signal()
handoff_accepted = Signal()
