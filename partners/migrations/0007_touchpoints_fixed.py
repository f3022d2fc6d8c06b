"""A touchpoint that a person has put on its day stays there."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0006_task_order"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="touchpoint",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="touchpoint",
            name="update_update",
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="is_fixed",
            field=models.BooleanField(default=False, help_text="A person has put it on its day, where it stays."),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="is_fixed",
            field=models.BooleanField(default=False, help_text="A person has put it on its day, where it stays."),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="touchpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "is_fixed", "kind", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "series", "skip_reason", "slot_on", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."is_fixed", NEW."kind", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="eff1dfaaeaebbf9029e5ac0cb59d897cdc703fe0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7553f",
                    table="partners_touchpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="touchpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interaction_id" IS DISTINCT FROM (NEW."interaction_id") OR OLD."is_fixed" IS DISTINCT FROM (NEW."is_fixed") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."overdue_from" IS DISTINCT FROM (NEW."overdue_from") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_role" IS DISTINCT FROM (NEW."owner_role") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."policy_version" IS DISTINCT FROM (NEW."policy_version") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."series" IS DISTINCT FROM (NEW."series") OR OLD."skip_reason" IS DISTINCT FROM (NEW."skip_reason") OR OLD."slot_on" IS DISTINCT FROM (NEW."slot_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "is_fixed", "kind", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "series", "skip_reason", "slot_on", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."is_fixed", NEW."kind", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="08a75203d16e40d17e4d6be8d93124dbf4154125",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d8b5",
                    table="partners_touchpoint",
                    when="AFTER",
                ),
            ),
        ),
    ]
