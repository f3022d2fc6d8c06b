"""What goes along with the rows of a noun that a run writes or takes back: its changes, the trail, the story."""

from collections.abc import Mapping
from dataclasses import dataclass

from partners.imports.staging import execute, fetch

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A table whose staged rows are settled and filled: `columns` are the table's own, with those of the stage.

    `key` is its name in trail and changes; `kept` are columns that are remembered too, `entry` the kind of its lines.
    """

    key: str
    table: str
    columns: Mapping[str, str]
    kept: tuple[str, ...] = ()
    entry: str
    field_class: str
    label: str

    @property
    def differs(self) -> str:
        """Whether the staged row `s` says something else than the known one `t`."""
        pairs = (f"t.{column} IS DISTINCT FROM s.{staged}" for column, staged in self.columns.items())
        return f"({' OR '.join(pairs)})"


def note_changes(noun: Noun, values: Values, *, where: str) -> int:
    """Remember what known rows said before and will say; `where` says which are changed. Returns how many."""
    before = ", ".join(f"'{column}', t.{column}" for column in (*noun.columns, *noun.kept))
    after = ", ".join(f"'{column}', s.{staged}" for column, staged in noun.columns.items())
    return execute(
        f"""
        INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
        SELECT %(run)s, s.row, '{noun.key}', t.id, jsonb_build_object({before}),
            jsonb_build_object({after}, 'version', t.version + 1)
        FROM import_stage s JOIN {noun.table} t ON t.id = s.target_id WHERE NOT s.is_new AND {where}
        """,
        values,
    )


def tell(noun: Noun, values: Values) -> None:
    """One line of the story for each organization that got new rows, the trail of all, and what was made by the run.

    `values` hold run, now, by, by_name and `title`.
    """
    for statement in (_STORY, _TRAIL, _MADE):
        execute(statement.format(noun=noun), values)


_STORY = """
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, actor_id, target_type)
SELECT gen_random_uuid(), o.id, %(now)s, '{noun.entry}', %(title)s || ': ' || count(*), '',
    jsonb_build_object('run', %(run)s), 'internal', '{noun.field_class}', o.stage, %(by)s, 'importrun'
FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new GROUP BY o.id
"""
_TRAIL = """
INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, request_id)
SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import',
    CASE WHEN s.is_new THEN '{noun.key}.created' ELSE '{noun.key}.edited' END, '{noun.key}', s.target_id,
    left('{noun.label} ' || o.name, 200), s.organization_id, '{{}}', 'row ' || s.row, ''
FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new OR EXISTS (
    SELECT 1 FROM common_importchange c
    WHERE c.run_id = %(run)s AND c.row = s.row AND c.target_type = '{noun.key}')
"""
_MADE = """
INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
SELECT %(run)s, row, '{noun.key}', target_id, NULL, '{{"version": 1}}' FROM import_stage WHERE is_new
"""


def owners_of_new(noun: Noun, *, run_id: int) -> list[tuple[int, int]]:
    """(user id, how many) of those who own what a run made: they are told once each."""
    rows = fetch(
        f"""
        SELECT t.owner_id, count(*) FROM common_importchange c JOIN {noun.table} t ON t.id = c.target_id
        WHERE c.run_id = %(run)s AND c.target_type = '{noun.key}' AND c.before IS NULL AND t.owner_id IS NOT NULL
        GROUP BY 1 ORDER BY 1
        """,
        {"run": run_id},
    )
    return [(user_id, total) for user_id, total in rows]


def taken_back(noun: Noun, update: str, verb: str, values: Values) -> int:
    """Run an UPDATE of rows `t` that a run wrote, with the trail of each; returns how many it took."""
    return execute(
        f"""
        WITH done AS ({update} RETURNING t.id, t.organization_id)
        INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id,
            target_name, organization_id, changes, reason, request_id)
        SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', '{noun.key}.{verb}', '{noun.key}', d.id,
            left('{noun.label} ' || o.name, 200), d.organization_id, '{{}}', %(undone)s, ''
        FROM done d JOIN partners_organization o ON o.id = d.organization_id
        """,
        values,
    )


def restoring(noun: Noun) -> str:
    """The assignments that give a row `t` back what the changes `c` remember, read as `b`."""
    return ", ".join(f"{column} = b.{column}" for column in (*noun.columns, *noun.kept))


def remembered(noun: Noun, *, made: bool) -> str:
    """FROM and WHERE of an undo: rows `t` as the run left them, that it made or changed."""
    kept = "" if made else f", jsonb_populate_record(NULL::{noun.table}, c.before) b"
    return f"""
        FROM common_importchange c{kept}
        WHERE c.run_id = %(run)s AND c.target_type = '{noun.key}' AND c.before IS {"" if made else "NOT "}NULL
          AND t.id = c.target_id AND t.version = (c.after ->> 'version')::int
    """


def changed_by(noun: Noun, values: Values) -> int:
    """How many rows the run made or changed."""
    sql = "SELECT count(*) FROM common_importchange WHERE run_id = %(run)s AND target_type = %(noun)s"
    return int(fetch(sql, {**values, "noun": noun.key})[0][0])
