"""The relationship: growth, reviews, plans, people, feedback, enablement, agreements and campaigns."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.create_together import CreateTogether
from common.rls import append_only, enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_training"),
        ("common", "0006_policy_working_copies"),
        ("partners", "0014_contacts_by_address"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="BalanceProposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("role", models.CharField(max_length=24, verbose_name="role")),
                        ("made_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "closed"])), name="proposal_state_known"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BalanceMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("hours", models.DecimalField(decimal_places=2, max_digits=5)),
                        ("reason", models.JSONField(default=list)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Proposed"),
                                    ("accepted", "Accepted"),
                                    ("refused", "Refused"),
                                    ("stale", "Overtaken by events"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "handoff",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.handoff",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "proposal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves",
                                to="partners.balanceproposal",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("proposal", "organization"), name="balance_move_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "accepted", "refused", "stale"])),
                                name="balance_move_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("kind", models.CharField(default="business_review", max_length=40)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("period_from", models.DateField(verbose_name="from")),
                        ("period_to", models.DateField(verbose_name="to")),
                        ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("building", "Builds itself"),
                                    ("ready", "Ready"),
                                    ("presented", "Presented"),
                                    ("cancelled", "Not held"),
                                ],
                                default="building",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("summary", models.TextField(blank=True, verbose_name="summary")),
                        ("agenda", models.TextField(blank=True, verbose_name="agenda")),
                        ("follow_up", models.TextField(blank=True, verbose_name="follow-up")),
                        ("built_at", models.DateTimeField(null=True)),
                        ("presented_at", models.DateTimeField(null=True)),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("cancel_reason", models.CharField(blank=True, max_length=300)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "presented_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="partners.touchpoint",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-period_to", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "cancelled"), _negated=True),
                                fields=("organization", "kind", "period_from"),
                                name="review_once_a_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["building", "ready", "presented", "cancelled"])),
                                name="review_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("period_to__gt", models.F("period_from"))),
                                name="review_period_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("presented_at__isnull", False), ("state", "presented")),
                                    models.Q(
                                        models.Q(("state", "presented"), _negated=True), ("presented_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="review_presented_has_moment",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["building", "ready"])),
                                fields=["owner", "planned_on"],
                                name="review_next_of_owner",
                            ),
                            models.Index(fields=["-period_to", "-id"], name="review_newest"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessReviewEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("kind", models.CharField(default="business_review", max_length=40)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("period_from", models.DateField(verbose_name="from")),
                        ("period_to", models.DateField(verbose_name="to")),
                        ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("building", "Builds itself"),
                                    ("ready", "Ready"),
                                    ("presented", "Presented"),
                                    ("cancelled", "Not held"),
                                ],
                                default="building",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("summary", models.TextField(blank=True, verbose_name="summary")),
                        ("agenda", models.TextField(blank=True, verbose_name="agenda")),
                        ("follow_up", models.TextField(blank=True, verbose_name="follow-up")),
                        ("presented_at", models.DateTimeField(null=True)),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("cancel_reason", models.CharField(blank=True, max_length=300)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.businessreview",
                            ),
                        ),
                        (
                            "presented_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.touchpoint",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="CadenceAgreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("touchpoint", models.CharField(max_length=40, verbose_name="kind")),
                        (
                            "every_days",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every so many days"),
                        ),
                        (
                            "every_months",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="every so many months"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        ("reason", models.CharField(max_length=300, verbose_name="why")),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cadence_agreements",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["touchpoint", "starts_on", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization", "touchpoint", "starts_on"),
                                name="cadence_agreement_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("every_days__isnull", True), ("every_months__isnull", True), _connector="OR"
                                ),
                                name="cadence_agreement_one_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                                ),
                                name="cadence_agreement_forward",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CadenceAgreementEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("touchpoint", models.CharField(max_length=40, verbose_name="kind")),
                        (
                            "every_days",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every so many days"),
                        ),
                        (
                            "every_months",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="every so many months"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        ("reason", models.CharField(max_length=300, verbose_name="why")),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "made_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.cadenceagreement",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="CalendarFeed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("last_read_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="calendar_feeds",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at__isnull", True)),
                                fields=("user",),
                                name="calendar_feed_one",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedbackItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("feature_request", "Feature request"), ("bug", "Bug"), ("idea", "Idea")],
                                default="feature_request",
                                max_length=15,
                                verbose_name="kind",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("planned", "Planned"),
                                    ("building", "Being built"),
                                    ("released", "Released"),
                                    ("declined", "Declined"),
                                ],
                                default="new",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("expected", models.CharField(blank=True, max_length=60, verbose_name="expected")),
                        ("answer", models.TextField(blank=True, verbose_name="what may be told")),
                        (
                            "issue_provider",
                            models.CharField(
                                blank=True, choices=[("github", "GitHub"), ("gitlab", "GitLab")], max_length=6
                            ),
                        ),
                        ("issue_repository", models.CharField(blank=True, max_length=200)),
                        ("issue_number", models.PositiveBigIntegerField(null=True)),
                        ("issue_state", models.CharField(blank=True, max_length=40)),
                        ("issue_heard_at", models.DateTimeField(null=True)),
                        ("released_on", models.DateField(blank=True, null=True, verbose_name="released on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("issue_provider", ""), _negated=True),
                                fields=("issue_provider", "issue_repository", "issue_number"),
                                name="feedback_issue_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["feature_request", "bug", "idea"])),
                                name="feedback_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["new", "planned", "building", "released", "declined"])
                                ),
                                name="feedback_state_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("archived_at__isnull", True)),
                                fields=["state", "-created_at"],
                                name="feedback_by_state",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BetaProgram",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="to")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "Planned"), ("open", "Open"), ("closed", "Closed")],
                                default="planned",
                                max_length=7,
                                verbose_name="state",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="betas",
                                to="partners.feedbackitem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["planned", "open", "closed"])),
                                name="beta_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="beta_forward"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BetaProgramEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="to")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "Planned"), ("open", "Open"), ("closed", "Closed")],
                                default="planned",
                                max_length=7,
                                verbose_name="state",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.betaprogram",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.feedbackitem",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="BetaSeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("joined", "Takes part"),
                                    ("declined", "Declined"),
                                    ("ended", "Has ended"),
                                ],
                                default="invited",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("feedback", models.TextField(blank=True, verbose_name="what they say")),
                        ("sessions", models.PositiveSmallIntegerField(default=0, verbose_name="sessions held")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="beta_seats",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="partners.betaprogram",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["program", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("program", "organization"), name="beta_seat_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["invited", "joined", "declined", "ended"])),
                                name="beta_seat_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BetaSeatEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("invited", "Invited"),
                                    ("joined", "Takes part"),
                                    ("declined", "Declined"),
                                    ("ended", "Has ended"),
                                ],
                                default="invited",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("feedback", models.TextField(blank=True, verbose_name="what they say")),
                        ("sessions", models.PositiveSmallIntegerField(default=0, verbose_name="sessions held")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.betaseat",
                            ),
                        ),
                        (
                            "program",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.betaprogram",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="FeedbackItemEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("feature_request", "Feature request"), ("bug", "Bug"), ("idea", "Idea")],
                                default="feature_request",
                                max_length=15,
                                verbose_name="kind",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("planned", "Planned"),
                                    ("building", "Being built"),
                                    ("released", "Released"),
                                    ("declined", "Declined"),
                                ],
                                default="new",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("expected", models.CharField(blank=True, max_length=60, verbose_name="expected")),
                        ("answer", models.TextField(blank=True, verbose_name="what may be told")),
                        (
                            "issue_provider",
                            models.CharField(
                                blank=True, choices=[("github", "GitHub"), ("gitlab", "GitLab")], max_length=6
                            ),
                        ),
                        ("issue_repository", models.CharField(blank=True, max_length=200)),
                        ("issue_number", models.PositiveBigIntegerField(null=True)),
                        ("issue_state", models.CharField(blank=True, max_length=40)),
                        ("issue_heard_at", models.DateTimeField(null=True)),
                        ("released_on", models.DateField(blank=True, null=True, verbose_name="released on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.feedbackitem",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="FeedbackVoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "need",
                            models.CharField(
                                choices=[
                                    ("nice", "Nice to have"),
                                    ("important", "Important"),
                                    ("blocking", "Cannot go on without it"),
                                ],
                                default="important",
                                max_length=9,
                                verbose_name="how much",
                            ),
                        ),
                        ("words", models.TextField(blank=True, verbose_name="in their words")),
                        ("source_type", models.CharField(blank=True, max_length=40)),
                        ("source_id", models.BigIntegerField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="voices",
                                to="partners.feedbackitem",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="feedback",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("item", "organization"), name="feedback_voice_once"),
                            models.CheckConstraint(
                                condition=models.Q(("need__in", ["nice", "important", "blocking"])),
                                name="feedback_need_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "-created_at"], name="feedback_of_organization")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedbackVoiceEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "need",
                            models.CharField(
                                choices=[
                                    ("nice", "Nice to have"),
                                    ("important", "Important"),
                                    ("blocking", "Cannot go on without it"),
                                ],
                                default="important",
                                max_length=9,
                                verbose_name="how much",
                            ),
                        ),
                        ("words", models.TextField(blank=True, verbose_name="in their words")),
                        ("source_type", models.CharField(blank=True, max_length=40)),
                        ("source_id", models.BigIntegerField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "added_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.feedbackitem",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.feedbackvoice",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="InteractionDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("values", models.JSONField(default=dict)),
                        ("saved_at", models.DateTimeField()),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "user"), name="interaction_draft_one")
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="LossAutopsy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("findings", models.JSONField(default=list)),
                        ("lessons", models.TextField(blank=True, verbose_name="what we learn from it")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("final", "Final")], default="draft", max_length=5
                            ),
                        ),
                        ("drafted_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "loss",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="autopsy", to="partners.loss"
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "loss autopsies",
                        "ordering": ["-drafted_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "final"])), name="autopsy_state_known"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LossAutopsyEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("findings", models.JSONField(default=list)),
                        ("lessons", models.TextField(blank=True, verbose_name="what we learn from it")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("final", "Final")], default="draft", max_length=5
                            ),
                        ),
                        ("drafted_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "loss",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.loss",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.lossautopsy",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="MailAddress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("token", models.CharField(max_length=40, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mail_addresses",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_at__isnull", True)),
                                fields=("organization",),
                                name="mail_address_one",
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="Opportunity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("upsell", "Upsell"),
                                    ("cross_sell", "Cross-sell"),
                                    ("new_use_case", "New use case"),
                                    ("new_business", "New business"),
                                ],
                                default="upsell",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("identified", "Identified"),
                                    ("qualified", "Qualified"),
                                    ("proposed", "Proposed"),
                                    ("committed", "Committed"),
                                    ("won", "Won"),
                                    ("lost", "Lost"),
                                ],
                                default="identified",
                                max_length=10,
                                verbose_name="stage",
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="value a year")),
                        ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                        (
                            "probability",
                            models.PositiveSmallIntegerField(default=10, verbose_name="probability, percent"),
                        ),
                        ("expected_on", models.DateField(verbose_name="expected")),
                        (
                            "readiness",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not known"),
                                    ("not_ready", "Not ready"),
                                    ("preparing", "Getting ready"),
                                    ("ready", "Ready"),
                                ],
                                default="unknown",
                                max_length=10,
                                verbose_name="technical readiness",
                            ),
                        ),
                        ("business_case", models.TextField(blank=True, verbose_name="business case")),
                        ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                        ("outcome_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("closed_on", models.DateField(null=True, verbose_name="closed on")),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="The file or program it came from; else a person.", max_length=60
                            ),
                        ),
                        ("external_key", models.CharField(blank=True, max_length=120, verbose_name="external key")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opportunities",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opportunities",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="sales owner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "opportunities",
                        "ordering": ["expected_on", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_key", ""), _negated=True),
                                fields=("source", "external_key"),
                                name="opportunity_external_key_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["upsell", "cross_sell", "new_use_case", "new_business"])
                                ),
                                name="opportunity_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stage__in", ["identified", "qualified", "proposed", "committed", "won", "lost"])
                                ),
                                name="opportunity_stage_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("readiness__in", ["unknown", "not_ready", "preparing", "ready"])),
                                name="opportunity_readiness_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="opportunity_amount_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("probability__lte", 100)), name="opportunity_probability_percent"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_on__isnull", True),
                                        ("stage__in", ("identified", "qualified", "proposed", "committed")),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("stage__in", ("identified", "qualified", "proposed", "committed")),
                                            _negated=True,
                                        ),
                                        ("closed_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="opportunity_closed_has_day",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "expected_on"], name="opportunity_of_organization"),
                            models.Index(
                                condition=models.Q(
                                    ("archived_at__isnull", True),
                                    ("stage__in", ("identified", "qualified", "proposed", "committed")),
                                ),
                                fields=["expected_on", "id"],
                                name="opportunity_open_by_day",
                            ),
                            models.Index(
                                condition=models.Q(("closed_on__isnull", False)),
                                fields=["closed_on", "id"],
                                name="opportunity_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpportunityEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("upsell", "Upsell"),
                                    ("cross_sell", "Cross-sell"),
                                    ("new_use_case", "New use case"),
                                    ("new_business", "New business"),
                                ],
                                default="upsell",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("identified", "Identified"),
                                    ("qualified", "Qualified"),
                                    ("proposed", "Proposed"),
                                    ("committed", "Committed"),
                                    ("won", "Won"),
                                    ("lost", "Lost"),
                                ],
                                default="identified",
                                max_length=10,
                                verbose_name="stage",
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="value a year")),
                        ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                        (
                            "probability",
                            models.PositiveSmallIntegerField(default=10, verbose_name="probability, percent"),
                        ),
                        ("expected_on", models.DateField(verbose_name="expected")),
                        (
                            "readiness",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not known"),
                                    ("not_ready", "Not ready"),
                                    ("preparing", "Getting ready"),
                                    ("ready", "Ready"),
                                ],
                                default="unknown",
                                max_length=10,
                                verbose_name="technical readiness",
                            ),
                        ),
                        ("business_case", models.TextField(blank=True, verbose_name="business case")),
                        ("next_step", models.CharField(blank=True, max_length=200, verbose_name="next step")),
                        ("outcome_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("closed_on", models.DateField(null=True, verbose_name="closed on")),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="The file or program it came from; else a person.", max_length=60
                            ),
                        ),
                        ("external_key", models.CharField(blank=True, max_length=120, verbose_name="external key")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="sales owner",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.opportunity",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="Recommendation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("best_practice", "Best practice"), ("optimization", "Optimization")],
                                default="optimization",
                                max_length=13,
                                verbose_name="kind",
                            ),
                        ),
                        ("practice", models.CharField(blank=True, max_length=40)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("why", models.TextField(blank=True, verbose_name="why")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("agreed", "Agreed"),
                                    ("done", "Done"),
                                    ("declined", "Declined"),
                                ],
                                default="proposed",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("proposed_on", models.DateField(verbose_name="proposed on")),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="agreed for")),
                        ("closed_on", models.DateField(null=True, verbose_name="done on")),
                        ("effect", models.CharField(blank=True, max_length=300, verbose_name="effect")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recommendations",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-proposed_on", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("practice", ""), _negated=True),
                                fields=("organization", "practice"),
                                name="recommendation_practice_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["proposed", "agreed", "done", "declined"])),
                                name="recommendation_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["best_practice", "optimization"])),
                                name="recommendation_kind_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "-proposed_on"], name="recommendation_of_org")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecommendationEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("best_practice", "Best practice"), ("optimization", "Optimization")],
                                default="optimization",
                                max_length=13,
                                verbose_name="kind",
                            ),
                        ),
                        ("practice", models.CharField(blank=True, max_length=40)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("why", models.TextField(blank=True, verbose_name="why")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("agreed", "Agreed"),
                                    ("done", "Done"),
                                    ("declined", "Declined"),
                                ],
                                default="proposed",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("proposed_on", models.DateField(verbose_name="proposed on")),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="agreed for")),
                        ("closed_on", models.DateField(null=True, verbose_name="done on")),
                        ("effect", models.CharField(blank=True, max_length=300, verbose_name="effect")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.recommendation",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="RecordFact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "profile",
                            models.CharField(
                                choices=[("business", "Business profile"), ("technical", "Technical profile")],
                                max_length=9,
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("value", models.TextField(verbose_name="what we know")),
                        ("source", models.CharField(blank=True, max_length=200, verbose_name="where it is from")),
                        ("as_of", models.DateField(verbose_name="as of")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="record_facts",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["profile", "key"],
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "key"), name="record_fact_once"),
                            models.CheckConstraint(
                                condition=models.Q(("profile__in", ["business", "technical"])),
                                name="record_profile_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecordFactEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "profile",
                            models.CharField(
                                choices=[("business", "Business profile"), ("technical", "Technical profile")],
                                max_length=9,
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("value", models.TextField(verbose_name="what we know")),
                        ("source", models.CharField(blank=True, max_length=200, verbose_name="where it is from")),
                        ("as_of", models.DateField(verbose_name="as of")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "author",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.recordfact",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="ReleaseNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("subject", models.CharField(max_length=200, verbose_name="subject")),
                        ("body", models.TextField(verbose_name="text")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("sent", "Sent"), ("discarded", "Discarded")],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="release_notes",
                                to="partners.feedbackitem",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("item", "organization"), name="release_note_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "sent", "discarded"])),
                                name="release_note_state_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "draft")),
                                fields=["owner", "created_at"],
                                name="release_note_of_owner",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Renewal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("notice_on", models.DateField(blank=True, null=True, verbose_name="notice until")),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="value a year")),
                        ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                        (
                            "machine_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("machine_reason", models.JSONField(default=list)),
                        ("machine_at", models.DateTimeField(null=True)),
                        (
                            "owner_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                                verbose_name="owner's verdict",
                            ),
                        ),
                        ("owner_note", models.CharField(blank=True, max_length=300, verbose_name="why")),
                        ("owner_at", models.DateTimeField(null=True)),
                        (
                            "partner_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                                verbose_name="what they say",
                            ),
                        ),
                        ("partner_note", models.CharField(blank=True, max_length=300, verbose_name="their words")),
                        ("partner_at", models.DateTimeField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("renewed", "Renewed"),
                                    ("lost", "Not renewed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="open",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "renewed_amount",
                            models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="renewed at"),
                        ),
                        ("closed_on", models.DateField(null=True, verbose_name="decided on")),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        (
                            "asked_on",
                            models.DateField(help_text="When its owner was last asked for a verdict.", null=True),
                        ),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="The file or program it came from; else a person.", max_length=60
                            ),
                        ),
                        ("external_key", models.CharField(blank=True, max_length=120, verbose_name="external key")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renewals",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="renewals",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("organization", "due_on"),
                                name="renewal_once_a_day",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_key", ""), _negated=True),
                                fields=("source", "external_key"),
                                name="renewal_external_key_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "renewed", "lost", "withdrawn"])),
                                name="renewal_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("machine_verdict__in", ["", "renew", "monitor", "at_risk", "leave"]),
                                    ("owner_verdict__in", ["", "renew", "monitor", "at_risk", "leave"]),
                                    ("partner_verdict__in", ["", "renew", "monitor", "at_risk", "leave"]),
                                ),
                                name="renewal_verdicts_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="renewal_amount_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("notice_on__isnull", True), ("notice_on__lte", models.F("due_on")), _connector="OR"
                                ),
                                name="renewal_notice_before",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_on__isnull", True), ("state", "open")),
                                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="renewal_closed_has_day",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "due_on"], name="renewal_of_organization"),
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["due_on", "id"],
                                name="renewal_open_by_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RenewalEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("notice_on", models.DateField(blank=True, null=True, verbose_name="notice until")),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16, verbose_name="value a year")),
                        ("currency", models.CharField(default="USD", max_length=3, verbose_name="currency")),
                        (
                            "machine_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("machine_reason", models.JSONField(default=list)),
                        ("machine_at", models.DateTimeField(null=True)),
                        (
                            "owner_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                                verbose_name="owner's verdict",
                            ),
                        ),
                        ("owner_note", models.CharField(blank=True, max_length=300, verbose_name="why")),
                        ("owner_at", models.DateTimeField(null=True)),
                        (
                            "partner_verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("renew", "Renews"),
                                    ("monitor", "To be watched"),
                                    ("at_risk", "At risk"),
                                    ("leave", "Leaves"),
                                ],
                                max_length=8,
                                verbose_name="what they say",
                            ),
                        ),
                        ("partner_note", models.CharField(blank=True, max_length=300, verbose_name="their words")),
                        ("partner_at", models.DateTimeField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("renewed", "Renewed"),
                                    ("lost", "Not renewed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="open",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "renewed_amount",
                            models.DecimalField(decimal_places=2, max_digits=16, null=True, verbose_name="renewed at"),
                        ),
                        ("closed_on", models.DateField(null=True, verbose_name="decided on")),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        (
                            "asked_on",
                            models.DateField(help_text="When its owner was last asked for a verdict.", null=True),
                        ),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="The file or program it came from; else a person.", max_length=60
                            ),
                        ),
                        ("external_key", models.CharField(blank=True, max_length=120, verbose_name="external key")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.renewal",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="RevenueChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("on", models.DateField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("expansion", "Expansion"),
                                    ("contraction", "Contraction"),
                                    ("loss", "Loss"),
                                    ("return", "Return"),
                                    ("correction", "Correction"),
                                ],
                                max_length=11,
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("currency", models.CharField(default="USD", max_length=3)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("source_type", models.CharField(blank=True, max_length=40)),
                        ("source_id", models.BigIntegerField(null=True)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="revenue_changes",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["on", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["new", "expansion", "contraction", "loss", "return", "correction"])
                                ),
                                name="revenue_kind_known",
                            )
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "on"], name="revenue_of_organization"),
                            models.Index(fields=["on", "id"], name="revenue_by_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewDocument",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "edition",
                            models.CharField(choices=[("internal", "Ours"), ("shared", "Theirs")], max_length=8),
                        ),
                        ("format", models.CharField(choices=[("pdf", "PDF"), ("pptx", "PowerPoint")], max_length=4)),
                        ("with_commercial", models.BooleanField(default=False)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("content_hash", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Is being made"),
                                    ("done", "Ready"),
                                    ("failed", "Could not be made"),
                                ],
                                default="waiting",
                                max_length=7,
                            ),
                        ),
                        ("failure", models.CharField(blank=True, max_length=300)),
                        ("made_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="common.storedfile",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="documents",
                                to="partners.businessreview",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("review", "edition", "format", "with_commercial", "language", "content_hash"),
                                name="review_document_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("edition__in", ["internal", "shared"])), name="review_edition_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("format__in", ["pdf", "pptx"])), name="review_format_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewSection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("place", models.PositiveSmallIntegerField()),
                        (
                            "audience",
                            models.CharField(
                                choices=[("internal", "Colleagues only"), ("shared", "Both sides")],
                                default="internal",
                                max_length=8,
                            ),
                        ),
                        ("field_class", models.CharField(default="general", max_length=10)),
                        ("content", models.JSONField(default=dict)),
                        ("note", models.TextField(blank=True, verbose_name="note")),
                        ("is_left_out", models.BooleanField(default=False, verbose_name="left out")),
                        ("built_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "review",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sections",
                                to="partners.businessreview",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["place", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("review", "key"), name="review_section_once"),
                            models.CheckConstraint(
                                condition=models.Q(("audience__in", ["internal", "shared"])),
                                name="review_audience_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutineTick",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("item", models.CharField(max_length=60)),
                        ("period_on", models.DateField()),
                        ("ticked_at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routine_ticks",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-period_on", "item"],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "item", "period_on"), name="routine_tick_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("service", models.CharField(max_length=40, verbose_name="service")),
                        ("delivered_on", models.DateField(verbose_name="on")),
                        ("days", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="days")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        ("recorded_at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_deliveries",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "service deliveries",
                        "ordering": ["-delivered_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("days__gt", 0)), name="service_delivery_positive"
                            )
                        ],
                        "indexes": [models.Index(fields=["organization", "service"], name="service_of_organization")],
                    },
                ),
                migrations.CreateModel(
                    name="Stakeholder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "influence",
                            models.CharField(
                                choices=[
                                    ("decides", "Decides"),
                                    ("high", "High"),
                                    ("medium", "Medium"),
                                    ("low", "Low"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=7,
                                verbose_name="influence",
                            ),
                        ),
                        (
                            "sentiment",
                            models.CharField(
                                choices=[
                                    ("promoter", "Promotes us"),
                                    ("positive", "Positive"),
                                    ("neutral", "Neutral"),
                                    ("critical", "Critical"),
                                    ("opponent", "Against us"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=8,
                                verbose_name="sentiment",
                            ),
                        ),
                        ("is_sponsor", models.BooleanField(default=False, verbose_name="sponsor")),
                        ("cares_about", models.TextField(blank=True, verbose_name="cares about")),
                        ("last_two_way_at", models.DateTimeField(null=True, verbose_name="last two-way contact")),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "contact",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stakeholder",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stakeholders",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "reports_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="reports",
                                to="partners.stakeholder",
                                verbose_name="reports to",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["organization", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("influence__in", ["decides", "high", "medium", "low", "unknown"])),
                                name="stakeholder_influence_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "sentiment__in",
                                        ["promoter", "positive", "neutral", "critical", "opponent", "unknown"],
                                    )
                                ),
                                name="stakeholder_sentiment_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reports_to__isnull", True),
                                    models.Q(("reports_to", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="stakeholder_not_own_boss",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "last_two_way_at"], name="stakeholder_of_organization")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StakeholderEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "influence",
                            models.CharField(
                                choices=[
                                    ("decides", "Decides"),
                                    ("high", "High"),
                                    ("medium", "Medium"),
                                    ("low", "Low"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=7,
                                verbose_name="influence",
                            ),
                        ),
                        (
                            "sentiment",
                            models.CharField(
                                choices=[
                                    ("promoter", "Promotes us"),
                                    ("positive", "Positive"),
                                    ("neutral", "Neutral"),
                                    ("critical", "Critical"),
                                    ("opponent", "Against us"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=8,
                                verbose_name="sentiment",
                            ),
                        ),
                        ("is_sponsor", models.BooleanField(default=False, verbose_name="sponsor")),
                        ("cares_about", models.TextField(blank=True, verbose_name="cares about")),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "contact",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.stakeholder",
                            ),
                        ),
                        (
                            "reports_to",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.stakeholder",
                                verbose_name="reports to",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="SuccessPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("template", models.CharField(max_length=40)),
                        ("policy_version", models.PositiveIntegerField(null=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("goal", models.TextField(blank=True, verbose_name="goal")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="to")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("active", "Active"),
                                    ("completed", "Completed"),
                                    ("abandoned", "Given up"),
                                ],
                                default="draft",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("is_shared", models.BooleanField(default=False, verbose_name="shown in the portal")),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="success_plans",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="success_plans",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "active", "completed", "abandoned"])),
                                name="plan_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="plan_forward"
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["organization", "-starts_on"], name="plan_of_organization"),
                            models.Index(
                                condition=models.Q(("state", "active")),
                                fields=["owner", "ends_on"],
                                name="plan_active_of_owner",
                            ),
                            models.Index(
                                condition=models.Q(("state", "active")),
                                fields=["ends_on", "id"],
                                name="plan_active_by_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Objective",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("place", models.PositiveSmallIntegerField(default=0)),
                        ("title", models.CharField(max_length=200, verbose_name="objective")),
                        ("measure", models.CharField(blank=True, max_length=200, verbose_name="measured by")),
                        ("metric", models.CharField(blank=True, max_length=40, verbose_name="metric")),
                        (
                            "direction",
                            models.CharField(
                                choices=[("more", "More is better"), ("less", "Less is better")],
                                default="more",
                                max_length=4,
                                verbose_name="direction",
                            ),
                        ),
                        (
                            "baseline",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="from"
                            ),
                        ),
                        (
                            "target",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="target"
                            ),
                        ),
                        ("value", models.DecimalField(decimal_places=6, max_digits=20, null=True, verbose_name="now")),
                        ("measured_at", models.DateTimeField(null=True)),
                        ("target_on", models.DateField(verbose_name="by")),
                        (
                            "gain",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="worth a year"
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("achieved", "Achieved"),
                                    ("missed", "Missed"),
                                    ("dropped", "Dropped"),
                                ],
                                default="open",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("achieved_on", models.DateField(null=True)),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("is_shared", models.BooleanField(default=True, verbose_name="shown in the portal")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="objectives",
                                to="partners.successplan",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["place", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "achieved", "missed", "dropped"])),
                                name="objective_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("direction__in", ["more", "less"])), name="objective_way_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("achieved_on__isnull", False), ("state", "achieved")),
                                    models.Q(
                                        models.Q(("state", "achieved"), _negated=True), ("achieved_on__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="objective_achieved_has_day",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["metric", "organization"],
                                name="objective_measured",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ObjectiveEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("place", models.PositiveSmallIntegerField(default=0)),
                        ("title", models.CharField(max_length=200, verbose_name="objective")),
                        ("measure", models.CharField(blank=True, max_length=200, verbose_name="measured by")),
                        ("metric", models.CharField(blank=True, max_length=40, verbose_name="metric")),
                        (
                            "direction",
                            models.CharField(
                                choices=[("more", "More is better"), ("less", "Less is better")],
                                default="more",
                                max_length=4,
                                verbose_name="direction",
                            ),
                        ),
                        (
                            "baseline",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="from"
                            ),
                        ),
                        (
                            "target",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=20, null=True, verbose_name="target"
                            ),
                        ),
                        ("target_on", models.DateField(verbose_name="by")),
                        (
                            "gain",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="worth a year"
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("achieved", "Achieved"),
                                    ("missed", "Missed"),
                                    ("dropped", "Dropped"),
                                ],
                                default="open",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("achieved_on", models.DateField(null=True)),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("is_shared", models.BooleanField(default=True, verbose_name="shown in the portal")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.objective",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.successplan",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="SuccessPlanEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("template", models.CharField(max_length=40)),
                        ("policy_version", models.PositiveIntegerField(null=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("goal", models.TextField(blank=True, verbose_name="goal")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="to")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("active", "Active"),
                                    ("completed", "Completed"),
                                    ("abandoned", "Given up"),
                                ],
                                default="draft",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("is_shared", models.BooleanField(default=False, verbose_name="shown in the portal")),
                        ("closing_note", models.CharField(blank=True, max_length=300, verbose_name="how it ended")),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.successplan",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="SurveyCampaign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("csat", "Satisfaction"), ("nps", "Recommending us")],
                                default="nps",
                                max_length=10,
                            ),
                        ),
                        ("share", models.PositiveSmallIntegerField(default=100, verbose_name="share, percent")),
                        (
                            "stages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "contact_roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="to")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
                                default="draft",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("asked", models.PositiveIntegerField(default=0)),
                        (
                            "spared",
                            models.PositiveIntegerField(default=0, help_text="Those whom the fatigue rules spared."),
                        ),
                        ("started_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "running", "ended"])),
                                name="campaign_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("share__gte", 1), ("share__lte", 100)),
                                name="campaign_share_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="campaign_forward"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TechnicalIntegration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("purpose", models.TextField(blank=True, verbose_name="what for")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Under way"), ("live", "Live"), ("stopped", "Stopped")],
                                default="open",
                                max_length=7,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "calls_per_day",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="API calls a day"),
                        ),
                        ("is_documented", models.BooleanField(default=False, verbose_name="documented")),
                        ("documentation_url", models.URLField(blank=True, verbose_name="documentation")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="integrations",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["organization", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "live", "stopped"])),
                                name="integration_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntegrationStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("requirements", "Requirements"),
                                    ("design", "Design"),
                                    ("implement", "Implement"),
                                    ("test", "Test"),
                                    ("deploy", "Deploy"),
                                    ("optimize", "Optimize"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("first_planned_on", models.DateField(null=True)),
                        ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned")),
                        ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "integration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="steps",
                                to="partners.technicalintegration",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["integration", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("integration", "stage"), name="integration_step_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stage__in", ["requirements", "design", "implement", "test", "deploy", "optimize"])
                                ),
                                name="integration_stage_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IntegrationStepEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("requirements", "Requirements"),
                                    ("design", "Design"),
                                    ("implement", "Implement"),
                                    ("test", "Test"),
                                    ("deploy", "Deploy"),
                                    ("optimize", "Optimize"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("first_planned_on", models.DateField(null=True)),
                        ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned")),
                        ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.integrationstep",
                            ),
                        ),
                        (
                            "integration",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.technicalintegration",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="TechnicalIntegrationEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("purpose", models.TextField(blank=True, verbose_name="what for")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Under way"), ("live", "Live"), ("stopped", "Stopped")],
                                default="open",
                                max_length=7,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "calls_per_day",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="API calls a day"),
                        ),
                        ("is_documented", models.BooleanField(default=False, verbose_name="documented")),
                        ("documentation_url", models.URLField(blank=True, verbose_name="documentation")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.technicalintegration",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="Training",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("title", models.CharField(max_length=200, verbose_name="topic")),
                        ("need", models.TextField(blank=True, verbose_name="why it is needed")),
                        ("held_on", models.DateField(blank=True, null=True, verbose_name="on")),
                        ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("needed", "Needed"),
                                    ("planned", "Planned"),
                                    ("held", "Held"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="needed",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("outcome_note", models.CharField(blank=True, max_length=300, verbose_name="how it went")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trainings",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "trainer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-held_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["needed", "planned", "held", "cancelled"])),
                                name="partner_training_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["planned", "held"]), _negated=True),
                                    ("held_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="training_held_has_day",
                            ),
                        ],
                        "indexes": [models.Index(fields=["organization", "-held_on"], name="training_of_organization")],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingAttendee",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("expected", "Expected"),
                                    ("attended", "Attended"),
                                    ("passed", "Passed"),
                                    ("failed", "Not passed"),
                                    ("absent", "Was not there"),
                                ],
                                default="expected",
                                max_length=8,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "training",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attendees",
                                to="partners.training",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("training", "contact"), name="training_contact_once"),
                            models.UniqueConstraint(fields=("training", "user"), name="training_user_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("contact__isnull", True), ("user__isnull", False)),
                                    models.Q(("contact__isnull", False), ("user__isnull", True)),
                                    _connector="OR",
                                ),
                                name="training_attendee_is_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result__in", ["expected", "attended", "passed", "failed", "absent"])
                                ),
                                name="partner_training_result_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("title", models.CharField(max_length=200, verbose_name="topic")),
                        ("need", models.TextField(blank=True, verbose_name="why it is needed")),
                        ("held_on", models.DateField(blank=True, null=True, verbose_name="on")),
                        ("minutes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("needed", "Needed"),
                                    ("planned", "Planned"),
                                    ("held", "Held"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="needed",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("outcome_note", models.CharField(blank=True, max_length=300, verbose_name="how it went")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.training",
                            ),
                        ),
                        (
                            "trainer",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
                migrations.CreateModel(
                    name="Win",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("story", models.TextField(blank=True, verbose_name="story")),
                        ("achieved_on", models.DateField(verbose_name="achieved on")),
                        ("is_reference", models.BooleanField(default=False, verbose_name="may serve as a reference")),
                        (
                            "consent",
                            models.CharField(
                                choices=[
                                    ("not_asked", "Not asked"),
                                    ("asked", "Asked"),
                                    ("given", "Given"),
                                    ("refused", "Refused"),
                                ],
                                default="not_asked",
                                max_length=9,
                                verbose_name="consent",
                            ),
                        ),
                        ("consent_until", models.DateField(blank=True, null=True, verbose_name="consent until")),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("internal", "Colleagues only"),
                                    ("customers", "Other customers, on request"),
                                    ("public", "Everybody"),
                                ],
                                default="internal",
                                max_length=9,
                                verbose_name="may be told to",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="partners.contact",
                                verbose_name="who consents",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="wins",
                                to="partners.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-achieved_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("consent__in", ["not_asked", "asked", "given", "refused"])),
                                name="win_consent_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("audience__in", ["internal", "customers", "public"])),
                                name="win_audience_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("audience", "internal"), ("consent", "given"), _connector="OR"),
                                name="win_told_with_consent",
                            ),
                        ],
                        "indexes": [models.Index(fields=["organization", "-achieved_on"], name="win_of_organization")],
                    },
                ),
                migrations.CreateModel(
                    name="WinEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("story", models.TextField(blank=True, verbose_name="story")),
                        ("achieved_on", models.DateField(verbose_name="achieved on")),
                        ("is_reference", models.BooleanField(default=False, verbose_name="may serve as a reference")),
                        (
                            "consent",
                            models.CharField(
                                choices=[
                                    ("not_asked", "Not asked"),
                                    ("asked", "Asked"),
                                    ("given", "Given"),
                                    ("refused", "Refused"),
                                ],
                                default="not_asked",
                                max_length=9,
                                verbose_name="consent",
                            ),
                        ),
                        ("consent_until", models.DateField(blank=True, null=True, verbose_name="consent until")),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("internal", "Colleagues only"),
                                    ("customers", "Other customers, on request"),
                                    ("public", "Everybody"),
                                ],
                                default="internal",
                                max_length=9,
                                verbose_name="may be told to",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.contact",
                                verbose_name="who consents",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="partners.organization",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="partners.win",
                            ),
                        ),
                    ],
                    options={"abstract": False},
                ),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="interaction",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="interaction",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
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
            model_name="interaction",
            name="interaction_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="surveyrequest",
            name="survey_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="surveyresponse",
            name="survey_score_on_scale",
        ),
        migrations.RemoveConstraint(
            model_name="task",
            name="task_source_known",
        ),
        migrations.AddField(
            model_name="interaction",
            name="source_key",
            field=models.CharField(blank=True, help_text="The message id of a mail that was sent in.", max_length=200),
        ),
        migrations.AddField(
            model_name="interaction",
            name="template",
            field=models.CharField(blank=True, help_text='Of the pack "interactions"; empty for none.', max_length=40),
        ),
        migrations.AddField(
            model_name="interactionevent",
            name="source_key",
            field=models.CharField(blank=True, help_text="The message id of a mail that was sent in.", max_length=200),
        ),
        migrations.AddField(
            model_name="interactionevent",
            name="template",
            field=models.CharField(blank=True, help_text='Of the pack "interactions"; empty for none.', max_length=40),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="meeting_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="meeting link"),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="recording_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="recording"),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="reminded_on",
            field=models.DateField(help_text="The planned day of which its owner was reminded.", null=True),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="starts_at",
            field=models.DateTimeField(
                blank=True, help_text="Null: any time of its day.", null=True, verbose_name="starts"
            ),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="meeting_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="meeting link"),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="recording_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="recording"),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="reminded_on",
            field=models.DateField(help_text="The planned day of which its owner was reminded.", null=True),
        ),
        migrations.AddField(
            model_name="touchpointevent",
            name="starts_at",
            field=models.DateTimeField(
                blank=True, help_text="Null: any time of its day.", null=True, verbose_name="starts"
            ),
        ),
        migrations.AlterField(
            model_name="interaction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("meeting", "Meeting"),
                    ("mail", "E-mail"),
                    ("note", "Note"),
                    ("workshop", "Workshop"),
                    ("training", "Training"),
                    ("chat", "Chat"),
                    ("visit", "Visit"),
                ],
                default="call",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="interactionevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("meeting", "Meeting"),
                    ("mail", "E-mail"),
                    ("note", "Note"),
                    ("workshop", "Workshop"),
                    ("training", "Training"),
                    ("chat", "Chat"),
                    ("visit", "Visit"),
                ],
                default="call",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="surveyrequest",
            name="kind",
            field=models.CharField(
                choices=[("csat", "Satisfaction"), ("nps", "Recommending us")], default="csat", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="source",
            field=models.CharField(
                choices=[
                    ("checklist", "Checklist"),
                    ("play", "Play"),
                    ("handoff", "Handoff"),
                    ("manual", "Added by hand"),
                    ("plan", "Success plan"),
                ],
                default="manual",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="taskevent",
            name="source",
            field=models.CharField(
                choices=[
                    ("checklist", "Checklist"),
                    ("play", "Play"),
                    ("handoff", "Handoff"),
                    ("manual", "Added by hand"),
                    ("plan", "Success plan"),
                ],
                default="manual",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["call", "meeting", "mail", "note", "workshop", "training", "chat", "visit"])
                ),
                name="interaction_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key", ""), _negated=True),
                fields=("organization", "source_key"),
                name="interaction_mail_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["csat", "nps"])), name="survey_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 10)), name="survey_score_on_scale"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="plan",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="partners.successplan"
            ),
        ),
        migrations.AddField(
            model_name="taskevent",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="partners.successplan",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["checklist", "play", "handoff", "manual", "plan"])),
                name="task_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", "plan"), models.Q(("source_key", ""), _negated=True)),
                fields=("plan", "source_key"),
                name="task_once_a_plan",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interaction",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_interactionevent" ("archived_at", "author_id", "body", "created_at", "happened_at", "id", "is_two_way", "kind", "minutes", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "source_key", "summary", "template", "version") VALUES (NEW."archived_at", NEW."author_id", NEW."body", NEW."created_at", NEW."happened_at", NEW."id", NEW."is_two_way", NEW."kind", NEW."minutes", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."source_key", NEW."summary", NEW."template", NEW."version"); RETURN NULL;',
                    hash="06e82ac84a0c3b69dd32a3cc1d239ba68a61506b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a5abb",
                    table="partners_interaction",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="interaction",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."happened_at" IS DISTINCT FROM (NEW."happened_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_two_way" IS DISTINCT FROM (NEW."is_two_way") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."source_key" IS DISTINCT FROM (NEW."source_key") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."template" IS DISTINCT FROM (NEW."template") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_interactionevent" ("archived_at", "author_id", "body", "created_at", "happened_at", "id", "is_two_way", "kind", "minutes", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "source_key", "summary", "template", "version") VALUES (NEW."archived_at", NEW."author_id", NEW."body", NEW."created_at", NEW."happened_at", NEW."id", NEW."is_two_way", NEW."kind", NEW."minutes", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."source_key", NEW."summary", NEW."template", NEW."version"); RETURN NULL;',
                    hash="c6232e06b9b19f4a4347928c86ec1b6b053edd59",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2a6cf",
                    table="partners_interaction",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_taskevent" ("archived_at", "blocked_reason", "contact_id", "court", "created_at", "created_by_id", "description", "done_at", "done_by_id", "due_on", "id", "is_required", "is_shared", "needs_evidence", "organization_id", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "plan_id", "play_run_id", "public_id", "review_id", "skip_reason", "source", "source_key", "stage", "state", "title", "version") VALUES (NEW."archived_at", NEW."blocked_reason", NEW."contact_id", NEW."court", NEW."created_at", NEW."created_by_id", NEW."description", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."is_required", NEW."is_shared", NEW."needs_evidence", NEW."organization_id", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phase", NEW."plan_id", NEW."play_run_id", NEW."public_id", NEW."review_id", NEW."skip_reason", NEW."source", NEW."source_key", NEW."stage", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="1e95d1d7ab6f64431e6ce539e26313a4280b5a82",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0e844",
                    table="partners_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."blocked_reason" IS DISTINCT FROM (NEW."blocked_reason") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."court" IS DISTINCT FROM (NEW."court") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_required" IS DISTINCT FROM (NEW."is_required") OR OLD."is_shared" IS DISTINCT FROM (NEW."is_shared") OR OLD."needs_evidence" IS DISTINCT FROM (NEW."needs_evidence") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_role" IS DISTINCT FROM (NEW."owner_role") OR OLD."phase" IS DISTINCT FROM (NEW."phase") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."play_run_id" IS DISTINCT FROM (NEW."play_run_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."review_id" IS DISTINCT FROM (NEW."review_id") OR OLD."skip_reason" IS DISTINCT FROM (NEW."skip_reason") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."source_key" IS DISTINCT FROM (NEW."source_key") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_taskevent" ("archived_at", "blocked_reason", "contact_id", "court", "created_at", "created_by_id", "description", "done_at", "done_by_id", "due_on", "id", "is_required", "is_shared", "needs_evidence", "organization_id", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "plan_id", "play_run_id", "public_id", "review_id", "skip_reason", "source", "source_key", "stage", "state", "title", "version") VALUES (NEW."archived_at", NEW."blocked_reason", NEW."contact_id", NEW."court", NEW."created_at", NEW."created_by_id", NEW."description", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."id", NEW."is_required", NEW."is_shared", NEW."needs_evidence", NEW."organization_id", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phase", NEW."plan_id", NEW."play_run_id", NEW."public_id", NEW."review_id", NEW."skip_reason", NEW."source", NEW."source_key", NEW."stage", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="1d75035301f0104598a983c5268a984e36a31fd2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_57b98",
                    table="partners_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="touchpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "is_fixed", "kind", "meeting_url", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "recording_url", "reminded_on", "series", "skip_reason", "slot_on", "starts_at", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."is_fixed", NEW."kind", NEW."meeting_url", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."recording_url", NEW."reminded_on", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."starts_at", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="c70b5d63ba4d40cf90734e9854d94726ec4fc9bf",
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
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interaction_id" IS DISTINCT FROM (NEW."interaction_id") OR OLD."is_fixed" IS DISTINCT FROM (NEW."is_fixed") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."meeting_url" IS DISTINCT FROM (NEW."meeting_url") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."overdue_from" IS DISTINCT FROM (NEW."overdue_from") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_role" IS DISTINCT FROM (NEW."owner_role") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."policy_version" IS DISTINCT FROM (NEW."policy_version") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."recording_url" IS DISTINCT FROM (NEW."recording_url") OR OLD."reminded_on" IS DISTINCT FROM (NEW."reminded_on") OR OLD."series" IS DISTINCT FROM (NEW."series") OR OLD."skip_reason" IS DISTINCT FROM (NEW."skip_reason") OR OLD."slot_on" IS DISTINCT FROM (NEW."slot_on") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_touchpointevent" ("closed_at", "closed_by_id", "created_at", "id", "interaction_id", "is_fixed", "kind", "meeting_url", "organization_id", "overdue_from", "owner_id", "owner_role", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "policy_version", "public_id", "recording_url", "reminded_on", "series", "skip_reason", "slot_on", "starts_at", "state", "topic", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."id", NEW."interaction_id", NEW."is_fixed", NEW."kind", NEW."meeting_url", NEW."organization_id", NEW."overdue_from", NEW."owner_id", NEW."owner_role", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."policy_version", NEW."public_id", NEW."recording_url", NEW."reminded_on", NEW."series", NEW."skip_reason", NEW."slot_on", NEW."starts_at", NEW."state", NEW."topic", NEW."version"); RETURN NULL;',
                    hash="b8a8ee64f1b9f37a850bfa063977852354c396fa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d8b5",
                    table="partners_touchpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="betaseat",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_betaseatevent" ("contact_id", "created_at", "feedback", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "public_id", "sessions", "state", "version") VALUES (NEW."contact_id", NEW."created_at", NEW."feedback", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."program_id", NEW."public_id", NEW."sessions", NEW."state", NEW."version"); RETURN NULL;',
                    hash="4011c2f52357786145565b3624b4d856ee6114c6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_20ac2",
                    table="partners_betaseat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="betaseat",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."feedback" IS DISTINCT FROM (NEW."feedback") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."program_id" IS DISTINCT FROM (NEW."program_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."sessions" IS DISTINCT FROM (NEW."sessions") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_betaseatevent" ("contact_id", "created_at", "feedback", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "program_id", "public_id", "sessions", "state", "version") VALUES (NEW."contact_id", NEW."created_at", NEW."feedback", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."program_id", NEW."public_id", NEW."sessions", NEW."state", NEW."version"); RETURN NULL;',
                    hash="0a81b526c57dd22007068eee96a80c8fac1b7751",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cb018",
                    table="partners_betaseat",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="businessreview",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_businessreviewevent" ("agenda", "cancel_reason", "content_hash", "created_at", "follow_up", "id", "kind", "organization_id", "owner_id", "period_from", "period_to", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "presented_at", "presented_by_id", "public_id", "state", "summary", "title", "touchpoint_id", "version") VALUES (NEW."agenda", NEW."cancel_reason", NEW."content_hash", NEW."created_at", NEW."follow_up", NEW."id", NEW."kind", NEW."organization_id", NEW."owner_id", NEW."period_from", NEW."period_to", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."presented_at", NEW."presented_by_id", NEW."public_id", NEW."state", NEW."summary", NEW."title", NEW."touchpoint_id", NEW."version"); RETURN NULL;',
                    hash="a6e40c984aecf4a9c3b1db0233ff403f02eb3dc3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_57889",
                    table="partners_businessreview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="businessreview",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agenda" IS DISTINCT FROM (NEW."agenda") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."content_hash" IS DISTINCT FROM (NEW."content_hash") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."follow_up" IS DISTINCT FROM (NEW."follow_up") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."period_from" IS DISTINCT FROM (NEW."period_from") OR OLD."period_to" IS DISTINCT FROM (NEW."period_to") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."presented_at" IS DISTINCT FROM (NEW."presented_at") OR OLD."presented_by_id" IS DISTINCT FROM (NEW."presented_by_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."touchpoint_id" IS DISTINCT FROM (NEW."touchpoint_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_businessreviewevent" ("agenda", "cancel_reason", "content_hash", "created_at", "follow_up", "id", "kind", "organization_id", "owner_id", "period_from", "period_to", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "presented_at", "presented_by_id", "public_id", "state", "summary", "title", "touchpoint_id", "version") VALUES (NEW."agenda", NEW."cancel_reason", NEW."content_hash", NEW."created_at", NEW."follow_up", NEW."id", NEW."kind", NEW."organization_id", NEW."owner_id", NEW."period_from", NEW."period_to", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."presented_at", NEW."presented_by_id", NEW."public_id", NEW."state", NEW."summary", NEW."title", NEW."touchpoint_id", NEW."version"); RETURN NULL;',
                    hash="ba4907263c5b29d2e2de27e683136853a4966353",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3e683",
                    table="partners_businessreview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cadenceagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_cadenceagreementevent" ("created_at", "ended_at", "ends_on", "every_days", "every_months", "id", "made_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "starts_on", "touchpoint", "version") VALUES (NEW."created_at", NEW."ended_at", NEW."ends_on", NEW."every_days", NEW."every_months", NEW."id", NEW."made_by_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."reason", NEW."starts_on", NEW."touchpoint", NEW."version"); RETURN NULL;',
                    hash="fdc0e35a1ff97311baf37f64ae40055b9eeca886",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f93c1",
                    table="partners_cadenceagreement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cadenceagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."every_days" IS DISTINCT FROM (NEW."every_days") OR OLD."every_months" IS DISTINCT FROM (NEW."every_months") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."touchpoint" IS DISTINCT FROM (NEW."touchpoint") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_cadenceagreementevent" ("created_at", "ended_at", "ends_on", "every_days", "every_months", "id", "made_by_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reason", "starts_on", "touchpoint", "version") VALUES (NEW."created_at", NEW."ended_at", NEW."ends_on", NEW."every_days", NEW."every_months", NEW."id", NEW."made_by_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."reason", NEW."starts_on", NEW."touchpoint", NEW."version"); RETURN NULL;',
                    hash="9bb5f55a50e11a6e340ef4ffee44020089ef5b58",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41368",
                    table="partners_cadenceagreement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbackitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_feedbackitemevent" ("answer", "archived_at", "created_at", "created_by_id", "description", "expected", "id", "issue_heard_at", "issue_number", "issue_provider", "issue_repository", "issue_state", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "released_on", "state", "title", "version") VALUES (NEW."answer", NEW."archived_at", NEW."created_at", NEW."created_by_id", NEW."description", NEW."expected", NEW."id", NEW."issue_heard_at", NEW."issue_number", NEW."issue_provider", NEW."issue_repository", NEW."issue_state", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."released_on", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="6fb91a432919c6fb080a22063faecaeb3068cdf7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5e2bf",
                    table="partners_feedbackitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbackitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."expected" IS DISTINCT FROM (NEW."expected") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issue_heard_at" IS DISTINCT FROM (NEW."issue_heard_at") OR OLD."issue_number" IS DISTINCT FROM (NEW."issue_number") OR OLD."issue_provider" IS DISTINCT FROM (NEW."issue_provider") OR OLD."issue_repository" IS DISTINCT FROM (NEW."issue_repository") OR OLD."issue_state" IS DISTINCT FROM (NEW."issue_state") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."released_on" IS DISTINCT FROM (NEW."released_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_feedbackitemevent" ("answer", "archived_at", "created_at", "created_by_id", "description", "expected", "id", "issue_heard_at", "issue_number", "issue_provider", "issue_repository", "issue_state", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "released_on", "state", "title", "version") VALUES (NEW."answer", NEW."archived_at", NEW."created_at", NEW."created_by_id", NEW."description", NEW."expected", NEW."id", NEW."issue_heard_at", NEW."issue_number", NEW."issue_provider", NEW."issue_repository", NEW."issue_state", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."released_on", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="4dd87442958aa30db0d7dba7363b78baca0e2796",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_64140",
                    table="partners_feedbackitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="betaprogram",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_betaprogramevent" ("created_at", "created_by_id", "description", "ends_on", "id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_on", "state", "title", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."description", NEW."ends_on", NEW."id", NEW."item_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_on", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="293ae7f919ee0e046c803e3b290163d9ea2da3e3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_85ab3",
                    table="partners_betaprogram",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="betaprogram",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_betaprogramevent" ("created_at", "created_by_id", "description", "ends_on", "id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_on", "state", "title", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."description", NEW."ends_on", NEW."id", NEW."item_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_on", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="f02f2a09073351cf9e946c494390e83a5adcf729",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d6f9",
                    table="partners_betaprogram",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbackvoice",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_feedbackvoiceevent" ("added_by_id", "contact_id", "created_at", "id", "item_id", "need", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "source_id", "source_type", "version", "words") VALUES (NEW."added_by_id", NEW."contact_id", NEW."created_at", NEW."id", NEW."item_id", NEW."need", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."source_id", NEW."source_type", NEW."version", NEW."words"); RETURN NULL;',
                    hash="85686fe39b7f8e9a238237db94803013deea1663",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_37607",
                    table="partners_feedbackvoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feedbackvoice",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."item_id" IS DISTINCT FROM (NEW."item_id") OR OLD."need" IS DISTINCT FROM (NEW."need") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_type" IS DISTINCT FROM (NEW."source_type") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."words" IS DISTINCT FROM (NEW."words"))',
                    func='INSERT INTO "partners_feedbackvoiceevent" ("added_by_id", "contact_id", "created_at", "id", "item_id", "need", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "source_id", "source_type", "version", "words") VALUES (NEW."added_by_id", NEW."contact_id", NEW."created_at", NEW."id", NEW."item_id", NEW."need", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."source_id", NEW."source_type", NEW."version", NEW."words"); RETURN NULL;',
                    hash="9dc1a8fc8021a934e3f9cb0ae0b81ddfe6195b09",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_42067",
                    table="partners_feedbackvoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lossautopsy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_lossautopsyevent" ("closed_at", "closed_by_id", "created_at", "drafted_at", "findings", "id", "lessons", "loss_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."drafted_at", NEW."findings", NEW."id", NEW."lessons", NEW."loss_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."state", NEW."version"); RETURN NULL;',
                    hash="bd9655fc987c3bdedb97d911cf07291bbd498b4c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_448f8",
                    table="partners_lossautopsy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lossautopsy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."drafted_at" IS DISTINCT FROM (NEW."drafted_at") OR OLD."findings" IS DISTINCT FROM (NEW."findings") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lessons" IS DISTINCT FROM (NEW."lessons") OR OLD."loss_id" IS DISTINCT FROM (NEW."loss_id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_lossautopsyevent" ("closed_at", "closed_by_id", "created_at", "drafted_at", "findings", "id", "lessons", "loss_id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "version") VALUES (NEW."closed_at", NEW."closed_by_id", NEW."created_at", NEW."drafted_at", NEW."findings", NEW."id", NEW."lessons", NEW."loss_id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."state", NEW."version"); RETURN NULL;',
                    hash="a3e6489dd6f5f4fbf051d4e492db24be75aa453b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_78278",
                    table="partners_lossautopsy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_opportunityevent" ("amount", "archived_at", "business_case", "closed_at", "closed_on", "created_at", "created_by_id", "currency", "expected_on", "external_key", "id", "kind", "next_step", "organization_id", "outcome_note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "probability", "public_id", "readiness", "source", "stage", "title", "version") VALUES (NEW."amount", NEW."archived_at", NEW."business_case", NEW."closed_at", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."expected_on", NEW."external_key", NEW."id", NEW."kind", NEW."next_step", NEW."organization_id", NEW."outcome_note", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."probability", NEW."public_id", NEW."readiness", NEW."source", NEW."stage", NEW."title", NEW."version"); RETURN NULL;',
                    hash="3f00964938f1bb88c2d5fb599877465743acdff4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ddbf8",
                    table="partners_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="opportunity",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."business_case" IS DISTINCT FROM (NEW."business_case") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."expected_on" IS DISTINCT FROM (NEW."expected_on") OR OLD."external_key" IS DISTINCT FROM (NEW."external_key") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."next_step" IS DISTINCT FROM (NEW."next_step") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."outcome_note" IS DISTINCT FROM (NEW."outcome_note") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."probability" IS DISTINCT FROM (NEW."probability") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."readiness" IS DISTINCT FROM (NEW."readiness") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_opportunityevent" ("amount", "archived_at", "business_case", "closed_at", "closed_on", "created_at", "created_by_id", "currency", "expected_on", "external_key", "id", "kind", "next_step", "organization_id", "outcome_note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "probability", "public_id", "readiness", "source", "stage", "title", "version") VALUES (NEW."amount", NEW."archived_at", NEW."business_case", NEW."closed_at", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."expected_on", NEW."external_key", NEW."id", NEW."kind", NEW."next_step", NEW."organization_id", NEW."outcome_note", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."probability", NEW."public_id", NEW."readiness", NEW."source", NEW."stage", NEW."title", NEW."version"); RETURN NULL;',
                    hash="f7e97bdcb5134cedb9419077ef0d85eb860ddcd9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8e104",
                    table="partners_opportunity",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recommendation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_recommendationevent" ("closed_on", "created_at", "due_on", "effect", "id", "kind", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice", "proposed_on", "public_id", "state", "title", "version", "why") VALUES (NEW."closed_on", NEW."created_at", NEW."due_on", NEW."effect", NEW."id", NEW."kind", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."practice", NEW."proposed_on", NEW."public_id", NEW."state", NEW."title", NEW."version", NEW."why"); RETURN NULL;',
                    hash="b0f6503576a1270be86acf0b5a6e62e0efc3a57b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b0058",
                    table="partners_recommendation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recommendation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."effect" IS DISTINCT FROM (NEW."effect") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."practice" IS DISTINCT FROM (NEW."practice") OR OLD."proposed_on" IS DISTINCT FROM (NEW."proposed_on") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."why" IS DISTINCT FROM (NEW."why"))',
                    func='INSERT INTO "partners_recommendationevent" ("closed_on", "created_at", "due_on", "effect", "id", "kind", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice", "proposed_on", "public_id", "state", "title", "version", "why") VALUES (NEW."closed_on", NEW."created_at", NEW."due_on", NEW."effect", NEW."id", NEW."kind", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."practice", NEW."proposed_on", NEW."public_id", NEW."state", NEW."title", NEW."version", NEW."why"); RETURN NULL;',
                    hash="678492d3d6399996f71cf88f9af0479c436e5489",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cad07",
                    table="partners_recommendation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recordfact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_recordfactevent" ("as_of", "author_id", "created_at", "id", "key", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile", "public_id", "source", "value", "version") VALUES (NEW."as_of", NEW."author_id", NEW."created_at", NEW."id", NEW."key", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."profile", NEW."public_id", NEW."source", NEW."value", NEW."version"); RETURN NULL;',
                    hash="2c4026b035ab22f19a9e2f7d2e5cb0c26382921e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_532c8",
                    table="partners_recordfact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recordfact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."profile" IS DISTINCT FROM (NEW."profile") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_recordfactevent" ("as_of", "author_id", "created_at", "id", "key", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "profile", "public_id", "source", "value", "version") VALUES (NEW."as_of", NEW."author_id", NEW."created_at", NEW."id", NEW."key", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."profile", NEW."public_id", NEW."source", NEW."value", NEW."version"); RETURN NULL;',
                    hash="60c5728ee5535b5712a36d9c4dd2b42e311e2191",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_70c56",
                    table="partners_recordfact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="renewal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_renewalevent" ("amount", "asked_on", "closed_on", "closing_note", "created_at", "created_by_id", "currency", "due_on", "external_key", "id", "machine_at", "machine_reason", "machine_verdict", "notice_on", "organization_id", "owner_at", "owner_id", "owner_note", "owner_verdict", "partner_at", "partner_note", "partner_verdict", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "renewed_amount", "source", "state", "version") VALUES (NEW."amount", NEW."asked_on", NEW."closed_on", NEW."closing_note", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."due_on", NEW."external_key", NEW."id", NEW."machine_at", NEW."machine_reason", NEW."machine_verdict", NEW."notice_on", NEW."organization_id", NEW."owner_at", NEW."owner_id", NEW."owner_note", NEW."owner_verdict", NEW."partner_at", NEW."partner_note", NEW."partner_verdict", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."renewed_amount", NEW."source", NEW."state", NEW."version"); RETURN NULL;',
                    hash="9d60b8af996a534350532a5af101f1ad1b1ed029",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8ede5",
                    table="partners_renewal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="renewal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."asked_on" IS DISTINCT FROM (NEW."asked_on") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."closing_note" IS DISTINCT FROM (NEW."closing_note") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."external_key" IS DISTINCT FROM (NEW."external_key") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."machine_at" IS DISTINCT FROM (NEW."machine_at") OR OLD."machine_reason" IS DISTINCT FROM (NEW."machine_reason") OR OLD."machine_verdict" IS DISTINCT FROM (NEW."machine_verdict") OR OLD."notice_on" IS DISTINCT FROM (NEW."notice_on") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_at" IS DISTINCT FROM (NEW."owner_at") OR OLD."owner_note" IS DISTINCT FROM (NEW."owner_note") OR OLD."owner_verdict" IS DISTINCT FROM (NEW."owner_verdict") OR OLD."partner_at" IS DISTINCT FROM (NEW."partner_at") OR OLD."partner_note" IS DISTINCT FROM (NEW."partner_note") OR OLD."partner_verdict" IS DISTINCT FROM (NEW."partner_verdict") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."renewed_amount" IS DISTINCT FROM (NEW."renewed_amount") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_renewalevent" ("amount", "asked_on", "closed_on", "closing_note", "created_at", "created_by_id", "currency", "due_on", "external_key", "id", "machine_at", "machine_reason", "machine_verdict", "notice_on", "organization_id", "owner_at", "owner_id", "owner_note", "owner_verdict", "partner_at", "partner_note", "partner_verdict", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "renewed_amount", "source", "state", "version") VALUES (NEW."amount", NEW."asked_on", NEW."closed_on", NEW."closing_note", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."due_on", NEW."external_key", NEW."id", NEW."machine_at", NEW."machine_reason", NEW."machine_verdict", NEW."notice_on", NEW."organization_id", NEW."owner_at", NEW."owner_id", NEW."owner_note", NEW."owner_verdict", NEW."partner_at", NEW."partner_note", NEW."partner_verdict", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."renewed_amount", NEW."source", NEW."state", NEW."version"); RETURN NULL;',
                    hash="a543c094a0079425a412f5a6a31bb74ee6d35a86",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_83155",
                    table="partners_renewal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_stakeholderevent" ("cares_about", "contact_id", "created_at", "id", "influence", "is_sponsor", "left_on", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reports_to_id", "sentiment", "version") VALUES (NEW."cares_about", NEW."contact_id", NEW."created_at", NEW."id", NEW."influence", NEW."is_sponsor", NEW."left_on", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."reports_to_id", NEW."sentiment", NEW."version"); RETURN NULL;',
                    hash="a0ea051610de42bb9e04e9d00ab613acb7c7b980",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3bd68",
                    table="partners_stakeholder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."cares_about" IS DISTINCT FROM (NEW."cares_about") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."influence" IS DISTINCT FROM (NEW."influence") OR OLD."is_sponsor" IS DISTINCT FROM (NEW."is_sponsor") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reports_to_id" IS DISTINCT FROM (NEW."reports_to_id") OR OLD."sentiment" IS DISTINCT FROM (NEW."sentiment") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_stakeholderevent" ("cares_about", "contact_id", "created_at", "id", "influence", "is_sponsor", "left_on", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reports_to_id", "sentiment", "version") VALUES (NEW."cares_about", NEW."contact_id", NEW."created_at", NEW."id", NEW."influence", NEW."is_sponsor", NEW."left_on", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."reports_to_id", NEW."sentiment", NEW."version"); RETURN NULL;',
                    hash="1590e79dc088bb642e80402a0eee4ce9f7053464",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e39e6",
                    table="partners_stakeholder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_successplanevent" ("closed_at", "closing_note", "created_at", "created_by_id", "ends_on", "goal", "id", "is_shared", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version", "public_id", "starts_on", "state", "template", "title", "version") VALUES (NEW."closed_at", NEW."closing_note", NEW."created_at", NEW."created_by_id", NEW."ends_on", NEW."goal", NEW."id", NEW."is_shared", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_version", NEW."public_id", NEW."starts_on", NEW."state", NEW."template", NEW."title", NEW."version"); RETURN NULL;',
                    hash="6f3ddf16f220e57f5d5e7c66f8ce277cf4b3295d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8856c",
                    table="partners_successplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closing_note" IS DISTINCT FROM (NEW."closing_note") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."goal" IS DISTINCT FROM (NEW."goal") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_shared" IS DISTINCT FROM (NEW."is_shared") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."policy_version" IS DISTINCT FROM (NEW."policy_version") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."template" IS DISTINCT FROM (NEW."template") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_successplanevent" ("closed_at", "closing_note", "created_at", "created_by_id", "ends_on", "goal", "id", "is_shared", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version", "public_id", "starts_on", "state", "template", "title", "version") VALUES (NEW."closed_at", NEW."closing_note", NEW."created_at", NEW."created_by_id", NEW."ends_on", NEW."goal", NEW."id", NEW."is_shared", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_version", NEW."public_id", NEW."starts_on", NEW."state", NEW."template", NEW."title", NEW."version"); RETURN NULL;',
                    hash="ad90af5c490757051e45eaa552d24b2c5751ab96",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2684f",
                    table="partners_successplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="objective",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_objectiveevent" ("achieved_on", "baseline", "closing_note", "created_at", "currency", "direction", "gain", "id", "is_shared", "measure", "metric", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "public_id", "state", "target", "target_on", "title", "version") VALUES (NEW."achieved_on", NEW."baseline", NEW."closing_note", NEW."created_at", NEW."currency", NEW."direction", NEW."gain", NEW."id", NEW."is_shared", NEW."measure", NEW."metric", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."plan_id", NEW."public_id", NEW."state", NEW."target", NEW."target_on", NEW."title", NEW."version"); RETURN NULL;',
                    hash="8f1dbee0706df9c604eabd0dae8cd0111a90c3ca",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_218f2",
                    table="partners_objective",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="objective",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."achieved_on" IS DISTINCT FROM (NEW."achieved_on") OR OLD."baseline" IS DISTINCT FROM (NEW."baseline") OR OLD."closing_note" IS DISTINCT FROM (NEW."closing_note") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."gain" IS DISTINCT FROM (NEW."gain") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_shared" IS DISTINCT FROM (NEW."is_shared") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."metric" IS DISTINCT FROM (NEW."metric") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."target_on" IS DISTINCT FROM (NEW."target_on") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_objectiveevent" ("achieved_on", "baseline", "closing_note", "created_at", "currency", "direction", "gain", "id", "is_shared", "measure", "metric", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "plan_id", "public_id", "state", "target", "target_on", "title", "version") VALUES (NEW."achieved_on", NEW."baseline", NEW."closing_note", NEW."created_at", NEW."currency", NEW."direction", NEW."gain", NEW."id", NEW."is_shared", NEW."measure", NEW."metric", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."plan_id", NEW."public_id", NEW."state", NEW."target", NEW."target_on", NEW."title", NEW."version"); RETURN NULL;',
                    hash="60526422e8c9aec324ac40d84be0fab690931f95",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_69477",
                    table="partners_objective",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="technicalintegration",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_technicalintegrationevent" ("calls_per_day", "created_at", "documentation_url", "id", "is_documented", "name", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "purpose", "state", "version") VALUES (NEW."calls_per_day", NEW."created_at", NEW."documentation_url", NEW."id", NEW."is_documented", NEW."name", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."purpose", NEW."state", NEW."version"); RETURN NULL;',
                    hash="ab8a063ccd6ed3f0eea73b288e76d6a9dc47bdbe",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f4c5f",
                    table="partners_technicalintegration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="technicalintegration",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."calls_per_day" IS DISTINCT FROM (NEW."calls_per_day") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."documentation_url" IS DISTINCT FROM (NEW."documentation_url") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_documented" IS DISTINCT FROM (NEW."is_documented") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_technicalintegrationevent" ("calls_per_day", "created_at", "documentation_url", "id", "is_documented", "name", "organization_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "purpose", "state", "version") VALUES (NEW."calls_per_day", NEW."created_at", NEW."documentation_url", NEW."id", NEW."is_documented", NEW."name", NEW."organization_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."purpose", NEW."state", NEW."version"); RETURN NULL;',
                    hash="bc970b4f4b813e5bfb4a64c33e46849f20529b70",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_07a2a",
                    table="partners_technicalintegration",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="integrationstep",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_integrationstepevent" ("created_at", "done_on", "first_planned_on", "id", "integration_id", "note", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "public_id", "stage") VALUES (NEW."created_at", NEW."done_on", NEW."first_planned_on", NEW."id", NEW."integration_id", NEW."note", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_on", NEW."public_id", NEW."stage"); RETURN NULL;',
                    hash="4bc3485d657e3bf03aed6e09b7ce0c86b21d632a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a83a3",
                    table="partners_integrationstep",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="integrationstep",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."first_planned_on" IS DISTINCT FROM (NEW."first_planned_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."integration_id" IS DISTINCT FROM (NEW."integration_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."planned_on" IS DISTINCT FROM (NEW."planned_on") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."stage" IS DISTINCT FROM (NEW."stage"))',
                    func='INSERT INTO "partners_integrationstepevent" ("created_at", "done_on", "first_planned_on", "id", "integration_id", "note", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_on", "public_id", "stage") VALUES (NEW."created_at", NEW."done_on", NEW."first_planned_on", NEW."id", NEW."integration_id", NEW."note", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_on", NEW."public_id", NEW."stage"); RETURN NULL;',
                    hash="efc678e89fc061f4b6f955a4d39a86d87c3b3109",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ada91",
                    table="partners_integrationstep",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="training",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_trainingevent" ("created_at", "held_on", "id", "minutes", "need", "organization_id", "outcome_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "title", "trainer_id", "version") VALUES (NEW."created_at", NEW."held_on", NEW."id", NEW."minutes", NEW."need", NEW."organization_id", NEW."outcome_note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."state", NEW."title", NEW."trainer_id", NEW."version"); RETURN NULL;',
                    hash="b5471190822495b57f55009bb2e555d2194e6966",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ec3ec",
                    table="partners_training",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="training",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."held_on" IS DISTINCT FROM (NEW."held_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."need" IS DISTINCT FROM (NEW."need") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."outcome_note" IS DISTINCT FROM (NEW."outcome_note") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."trainer_id" IS DISTINCT FROM (NEW."trainer_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_trainingevent" ("created_at", "held_on", "id", "minutes", "need", "organization_id", "outcome_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "state", "title", "trainer_id", "version") VALUES (NEW."created_at", NEW."held_on", NEW."id", NEW."minutes", NEW."need", NEW."organization_id", NEW."outcome_note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."state", NEW."title", NEW."trainer_id", NEW."version"); RETURN NULL;',
                    hash="c57521ebfa730f34268a18fa2d709d518738eb7b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7dacd",
                    table="partners_training",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="win",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "partners_winevent" ("achieved_on", "added_by_id", "archived_at", "audience", "consent", "consent_until", "contact_id", "created_at", "id", "is_reference", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "story", "title", "version") VALUES (NEW."achieved_on", NEW."added_by_id", NEW."archived_at", NEW."audience", NEW."consent", NEW."consent_until", NEW."contact_id", NEW."created_at", NEW."id", NEW."is_reference", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."story", NEW."title", NEW."version"); RETURN NULL;',
                    hash="791e046fe10b3c17754e26424b57d04e0519b9c4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_26196",
                    table="partners_win",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="win",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."achieved_on" IS DISTINCT FROM (NEW."achieved_on") OR OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."audience" IS DISTINCT FROM (NEW."audience") OR OLD."consent" IS DISTINCT FROM (NEW."consent") OR OLD."consent_until" IS DISTINCT FROM (NEW."consent_until") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_reference" IS DISTINCT FROM (NEW."is_reference") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."story" IS DISTINCT FROM (NEW."story") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "partners_winevent" ("achieved_on", "added_by_id", "archived_at", "audience", "consent", "consent_until", "contact_id", "created_at", "id", "is_reference", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "story", "title", "version") VALUES (NEW."achieved_on", NEW."added_by_id", NEW."archived_at", NEW."audience", NEW."consent", NEW."consent_until", NEW."contact_id", NEW."created_at", NEW."id", NEW."is_reference", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."story", NEW."title", NEW."version"); RETURN NULL;',
                    hash="57535a69be9166b5e6b0c47f193b51ebd0f409bd",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_71088",
                    table="partners_win",
                    when="AFTER",
                ),
            ),
        ),
        enable_rls("partners_balancemove"),
        enable_rls("partners_betaseat"),
        enable_rls("partners_betaseatevent"),
        enable_rls("partners_businessreview"),
        enable_rls("partners_businessreviewevent"),
        enable_rls("partners_cadenceagreement"),
        enable_rls("partners_cadenceagreementevent"),
        enable_rls("partners_feedbackvoice"),
        enable_rls("partners_feedbackvoiceevent"),
        enable_rls("partners_integrationstep"),
        enable_rls("partners_integrationstepevent"),
        enable_rls("partners_interactiondraft"),
        enable_rls("partners_lossautopsy"),
        enable_rls("partners_lossautopsyevent"),
        enable_rls("partners_mailaddress"),
        enable_rls("partners_objective"),
        enable_rls("partners_objectiveevent"),
        enable_rls("partners_opportunity"),
        enable_rls("partners_opportunityevent"),
        enable_rls("partners_recommendation"),
        enable_rls("partners_recommendationevent"),
        enable_rls("partners_recordfact"),
        enable_rls("partners_recordfactevent"),
        enable_rls("partners_releasenote"),
        enable_rls("partners_renewal"),
        enable_rls("partners_renewalevent"),
        enable_rls("partners_revenuechange"),
        enable_rls("partners_reviewdocument"),
        enable_rls("partners_reviewsection"),
        enable_rls("partners_servicedelivery"),
        enable_rls("partners_stakeholder"),
        enable_rls("partners_stakeholderevent"),
        enable_rls("partners_successplan"),
        enable_rls("partners_successplanevent"),
        enable_rls("partners_technicalintegration"),
        enable_rls("partners_technicalintegrationevent"),
        enable_rls("partners_training"),
        enable_rls("partners_trainingattendee"),
        enable_rls("partners_trainingevent"),
        enable_rls("partners_win"),
        enable_rls("partners_winevent"),
        append_only("partners_revenuechange"),
    ]
