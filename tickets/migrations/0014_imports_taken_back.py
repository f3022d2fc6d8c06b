"""An import of tickets can be taken back: its tickets go with their past, which nothing else deletes."""

from django.db import migrations

# Of the run that is being undone, what nobody has changed or refers to since. Whatever refers to tickets is asked of
# the catalog, so that a table that comes later is not forgotten.
TAKE_BACK = r"""
CREATE FUNCTION tickets_take_back(run bigint) RETURNS TABLE (taken integer, kept integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint[];
    total integer;
    refers record;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM common_importrun r WHERE r.id = run AND r.state = 'undoing' AND r.kind LIKE 'tickets\_%'
    ) THEN
        RAISE EXCEPTION 'this import is not being undone' USING ERRCODE = 'insufficient_privilege';
    END IF;
    total := (
        SELECT count(*) FROM common_importchange c JOIN tickets_ticket t ON t.id = c.target_id
        WHERE c.run_id = run AND c.target_type = 'ticket'
    );
    gone := ARRAY(
        SELECT t.id FROM common_importchange c JOIN tickets_ticket t ON t.id = c.target_id
        WHERE c.run_id = run AND c.target_type = 'ticket' AND t.version = (c.after->>'version')::integer
        FOR UPDATE OF t
    );
    FOR refers IN
        SELECT k.conrelid::regclass AS place, a.attname AS name
        FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.confrelid = 'tickets_ticket'::regclass AND k.contype = 'f' AND k.conrelid <> ALL (ARRAY[
            'tickets_slatimer', 'tickets_slaclock', 'tickets_ticketevent', 'tickets_message', 'tickets_looking'
        ]::regclass[])
    LOOP
        EXECUTE format(
            'SELECT ARRAY(SELECT g FROM unnest($1) g WHERE NOT EXISTS (SELECT 1 FROM %s x WHERE x.%I = g))',
            refers.place, refers.name
        ) INTO gone USING gone;
    END LOOP;
    DELETE FROM tickets_slatimer WHERE ticket_id = ANY (gone);
    DELETE FROM tickets_slaclock WHERE ticket_id = ANY (gone);
    DELETE FROM tickets_looking WHERE ticket_id = ANY (gone);
    DELETE FROM tickets_ticketevent WHERE ticket_id = ANY (gone);
    DELETE FROM tickets_message WHERE ticket_id = ANY (gone);
    DELETE FROM partners_timelineentry WHERE target_type = 'ticket' AND target_id = ANY (gone);
    DELETE FROM tickets_ticket WHERE id = ANY (gone);
    RETURN QUERY SELECT cardinality(gone), total - cardinality(gone);
END
$$
"""
_SIGNATURE = "tickets_take_back(bigint)"


class Migration(migrations.Migration):
    dependencies = [("common", "0006_policy_working_copies"), ("tickets", "0013_open_first")]

    operations = [
        migrations.RunSQL(
            sql=[
                TAKE_BACK,
                f"REVOKE ALL ON FUNCTION {_SIGNATURE} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO hub_app",
            ],
            reverse_sql=f"DROP FUNCTION {_SIGNATURE}",
        )
    ]
