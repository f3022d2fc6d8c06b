"""Rows that keep their history are written in any number: each takes as long as among few.

The function of django-pghistory tries a setting that nobody has made and catches the error, once for each row. What it
catches is undone as a transaction within the transaction, and at that PostgreSQL walks over every check that waits for
the end of it: those of all rows before. Two hundred thousand interactions did not end in half an hour. The function
asks without an error now; so does that of django-pgtrigger, which finds its setting made (hub/settings/base.py).
"""

from django.db import migrations

ATTACH = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE LANGUAGE plpgsql AS $$
DECLARE
    context_id CONSTANT uuid := nullif(current_setting('pghistory.context_id', true), '')::uuid;
    told CONSTANT jsonb := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
BEGIN
    IF context_id IS NULL OR told IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context AS context (id, metadata, created_at, updated_at)
    VALUES (context_id, told, now(), now())
    ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, updated_at = excluded.updated_at
    WHERE context.metadata <> excluded.metadata;
    RETURN context_id;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0006_policy_working_copies"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(sql=ATTACH, reverse_sql=migrations.RunSQL.noop)]
