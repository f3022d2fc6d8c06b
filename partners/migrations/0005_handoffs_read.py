"""Handoffs say what the receiver has read and whether the giver leaves; touchpoints take their kinds from policy."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_external_key_words"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="handoff",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="handoff",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="touchpoint",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="touchpoint",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="touchpoint",
            name="touchpoint_kind_known",
        ),
        migrations.AddField(
            model_name="handoff",
            name="giver_leaves",
            field=models.BooleanField(
                default=False,
                help_text="From owner to owner: ends the giver's assignment.",
                verbose_name="the giver leaves the role",
            ),
        ),
        migrations.AddField(
            model_name="handoffevent",
            name="giver_leaves",
            field=models.BooleanField(
                default=False,
                help_text="From owner to owner: ends the giver's assignment.",
                verbose_name="the giver leaves the role",
            ),
        ),
        migrations.AddField(
            model_name="handoffitem",
            name="read_at",
            field=models.DateTimeField(help_text="When the receiver had read it.", null=True),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="overdue_from",
            field=models.DateField(help_text="The first day on which it is overdue.", null=True),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="topic",
            field=models.CharField(blank=True, max_length=200, verbose_name="topic"),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="overdue_from",
            field=models.DateField(help_text="The first day on which it is overdue.", null=True),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="topic",
            field=models.CharField(blank=True, max_length=200, verbose_name="topic"),
        ),
        migrations.AlterField(
            model_name="handoffitem",
            name="gathered",
            field=models.JSONField(default=list, help_text="Lines found in the hub: label, value, url, field_class."),
        ),
        migrations.AlterField(
            model_name="handoffitem",
            name="is_settled",
            field=models.BooleanField(default=False, help_text="The giver stands by it.", verbose_name="complete"),
        ),
        migrations.AlterField(
            model_name="touchpoint",
            name="kind",
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name="touchpointevent",
            name="kind",
            field=models.CharField(max_length=40),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoff",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_handoffevent" ("accepted_at", "created_at", "created_by_id", "documents_reviewed_on", "due_at", "from_role", "giver_id", "giver_leaves", "id", "introduced_on", "kind", "launch_results", "meeting_on", "offered_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version", "public_id", "receiver_id", "results_added_at", "results_confirmed_at", "returned_at", "shadow_from", "shadow_until", "state", "summary", "to_role", "version", "withdrawn_at") VALUES (NEW."accepted_at", NEW."created_at", NEW."created_by_id", NEW."documents_reviewed_on", NEW."due_at", NEW."from_role", NEW."giver_id", NEW."giver_leaves", NEW."id", NEW."introduced_on", NEW."kind", NEW."launch_results", NEW."meeting_on", NEW."offered_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_version", NEW."public_id", NEW."receiver_id", NEW."results_added_at", NEW."results_confirmed_at", NEW."returned_at", NEW."shadow_from", NEW."shadow_until", NEW."state", NEW."summary", NEW."to_role", NEW."version", NEW."withdrawn_at"); RETURN NULL;',
                    hash="920f3d4338b8e43cb71484f39790cb1c2c9a0860",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_076c5",
                    table="partners_handoff",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handoff",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."documents_reviewed_on" IS DISTINCT FROM (NEW."documents_reviewed_on") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."from_role" IS DISTINCT FROM (NEW."from_role") OR OLD."giver_id" IS DISTINCT FROM (NEW."giver_id") OR OLD."giver_leaves" IS DISTINCT FROM (NEW."giver_leaves") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."introduced_on" IS DISTINCT FROM (NEW."introduced_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."launch_results" IS DISTINCT FROM (NEW."launch_results") OR OLD."meeting_on" IS DISTINCT FROM (NEW."meeting_on") OR OLD."offered_at" IS DISTINCT FROM (NEW."offered_at") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."policy_version" IS DISTINCT FROM (NEW."policy_version") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."receiver_id" IS DISTINCT FROM (NEW."receiver_id") OR OLD."results_added_at" IS DISTINCT FROM (NEW."results_added_at") OR OLD."results_confirmed_at" IS DISTINCT FROM (NEW."results_confirmed_at") OR OLD."returned_at" IS DISTINCT FROM (NEW."returned_at") OR OLD."shadow_from" IS DISTINCT FROM (NEW."shadow_from") OR OLD."shadow_until" IS DISTINCT FROM (NEW."shadow_until") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."to_role" IS DISTINCT FROM (NEW."to_role") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at"))',
                    func='INSERT INTO "partners_handoffevent" ("accepted_at", "created_at", "created_by_id", "documents_reviewed_on", "due_at", "from_role", "giver_id", "giver_leaves", "id", "introduced_on", "kind", "launch_results", "meeting_on", "offered_at", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version", "public_id", "receiver_id", "results_added_at", "results_confirmed_at", "returned_at", "shadow_from", "shadow_until", "state", "summary", "to_role", "version", "withdrawn_at") VALUES (NEW."accepted_at", NEW."created_at", NEW."created_by_id", NEW."documents_reviewed_on", NEW."due_at", NEW."from_role", NEW."giver_id", NEW."giver_leaves", NEW."id", NEW."introduced_on", NEW."kind", NEW."launch_results", NEW."meeting_on", NEW."offered_at", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_version", NEW."public_id", NEW."receiver_id", NEW."results_added_at", NEW."results_confirmed_at", NEW."returned_at", NEW."shadow_from", NEW."shadow_until", NEW."state", NEW."summary", NEW."to_role", NEW."version", NEW."withdrawn_at"); RETURN NULL;',
                    hash="0823a501204c4630ade2eb37ceb28316895ea00b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_78f35",
                    table="partners_handoff",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="touchpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "kind", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "series", "skip_reason", "slot_on", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."kind", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="e53e3a23a1d0e1a328c3056a438dbf07410309ff",
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
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interaction_id" IS DISTINCT FROM (NEW."interaction_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."overdue_from" IS DISTINCT FROM (NEW."overdue_from") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_role" IS DISTINCT FROM (NEW."owner_role") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."policy_version" IS DISTINCT FROM (NEW."policy_version") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."series" IS DISTINCT FROM (NEW."series") OR OLD."skip_reason" IS DISTINCT FROM (NEW."skip_reason") OR OLD."slot_on" IS DISTINCT FROM (NEW."slot_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "kind", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "series", "skip_reason", "slot_on", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."kind", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="28c58c74486753b0591f463776d2518caf5e508d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d8b5",
                    table="partners_touchpoint",
                    when="AFTER",
                ),
            ),
        ),
    ]
