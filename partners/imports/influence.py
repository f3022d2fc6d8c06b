"""How much say imported contacts have: kept on the map of people, where their roles are kept with the contacts."""

from partners.imports.along import Values
from partners.imports.staging import execute

_PLACES = """
INSERT INTO partners_stakeholder (public_id, created_at, updated_at, organization_id, contact_id, influence, sentiment,
    is_sponsor, cares_about, version)
SELECT gen_random_uuid(), %(now)s, %(now)s, s.organization_id, s.target_id, 'unknown', 'unknown', false, '', 1
FROM import_stage s WHERE s.influence IS NOT NULL ORDER BY s.row
ON CONFLICT (contact_id) DO NOTHING
"""
_CHANGES = """
INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
SELECT %(run)s, s.row, 'stakeholder', t.id, jsonb_build_object('influence', t.influence),
    jsonb_build_object('influence', s.influence, 'version', t.version + 1)
FROM import_stage s JOIN partners_stakeholder t ON t.contact_id = s.target_id WHERE s.influence <> t.influence
"""
_UPDATE = """
UPDATE partners_stakeholder t SET influence = s.influence, version = t.version + 1, updated_at = %(now)s
FROM import_stage s WHERE t.contact_id = s.target_id AND s.influence <> t.influence
"""
# Those whose contact was not changed beside it.
_ONLY_THEY = """
SELECT 1 FROM common_importchange c JOIN import_stage s ON s.row = c.row
WHERE c.run_id = %(run)s AND c.target_type = 'stakeholder' AND NOT s.is_new AND NOT EXISTS (
    SELECT 1 FROM common_importchange d WHERE d.run_id = c.run_id AND d.row = c.row AND d.target_type = 'contact')
"""
_BACK = """
UPDATE partners_stakeholder t SET influence = c.before ->> 'influence', version = t.version + 1, updated_at = %(now)s
FROM common_importchange c WHERE c.run_id = %(run)s AND c.target_type = 'stakeholder' AND t.id = c.target_id
  AND t.version = (c.after ->> 'version')::int
"""


def write(values: Values) -> int:
    """Write what the staged contacts' file says; returns how many known contacts are changed by it alone."""
    for statement in (_PLACES, _CHANGES, _UPDATE):
        execute(statement, values)
    return execute(_ONLY_THEY, values)


def undo(values: Values) -> None:
    """Give back what a run changed and nobody edited since."""
    execute(_BACK, values)
