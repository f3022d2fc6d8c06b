"""The knowledge base: articles, their versions, which stay as they were published, and what readers leave."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids

# What has been published is quoted, linked and answered for: it is replaced by a newer version, never changed.
IMMUTABLE = """
CREATE FUNCTION tickets_article_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What is generated is not there yet before the row is written.
    computed CONSTANT text[] := '{is_current,words}';
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - computed) <> (to_jsonb(OLD) - computed) THEN
        RAISE EXCEPTION 'a published version of an article is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER article_version_stays BEFORE UPDATE OR DELETE ON tickets_articleversion
FOR EACH ROW EXECUTE FUNCTION tickets_article_version_stays()
"""

# What readers leave is read at the desk, whose people write the articles, whatever the organization (ADR 0023); it is
# not shown whose it is. What colleagues leave belongs to no organization.
_VISIBLE = """(organization_id IS NULL OR CASE
    WHEN (SELECT coalesce(current_setting('hub.scope', true), '')) = 'all'
        OR (SELECT coalesce(current_setting('hub.desk', true), '')) <> '' THEN true
    ELSE organization_id = ANY ((SELECT hub_scope_ids())::bigint[])
END)"""


def _behind_the_wall(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_scope ON {table} USING {_VISIBLE} WITH CHECK {_VISIBLE}",
        ],
        reverse_sql=[
            f"DROP POLICY {table}_scope ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0010_task_search"),
        ("tickets", "0006_incoming_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticleCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={"verbose_name_plural": "article categories", "ordering": ["position", "name"]},
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("internal", "Colleagues only"),
                            ("partner", "Partners"),
                            ("customer", "Customers"),
                            ("public", "Everybody"),
                        ],
                        default="internal",
                        max_length=8,
                        verbose_name="for",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                            ("pt", "Português"),
                            ("zh", "中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                        ],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("review", "In review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "review_days",
                    models.PositiveSmallIntegerField(default=180, verbose_name="looked over every so many days"),
                ),
                ("review_due_on", models.DateField(blank=True, null=True, verbose_name="look over by")),
                ("reviewed_on", models.DateField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("source_id", models.CharField(blank=True, max_length=250)),
                ("views", models.PositiveIntegerField(default=0)),
                ("helpful", models.PositiveIntegerField(default=0)),
                ("unhelpful", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "from_ticket",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tickets.ticket"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="tickets.articlecategory",
                    ),
                ),
            ],
            options={
                "ordering": ["slug"],
                "indexes": [
                    models.Index(fields=["state", "category", "slug"], name="article_listed"),
                    models.Index(
                        condition=models.Q(("state", "published")), fields=["review_due_on"], name="article_review_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "review", "published", "retired"])),
                        name="article_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("audience__in", ["internal", "partner", "customer", "public"])),
                        name="article_audience_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "de", "fr", "es", "pt", "zh", "ja", "ar"])),
                        name="article_language_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="article_published_has_moment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source_id", ""), _negated=True),
                        fields=("source", "source_id"),
                        name="article_source_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("staff_views", models.PositiveIntegerField(default=0)),
                ("portal_views", models.PositiveIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="tickets.article"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "day"), name="article_day_once"),
                ]
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("es", "Español"),
                            ("pt", "Português"),
                            ("zh", "中文"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                        ],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("summary", models.CharField(blank=True, max_length=400, verbose_name="summary")),
                ("body", models.TextField(verbose_name="text")),
                ("plain", models.TextField(blank=True, editable=False)),
                ("written_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("is_current", models.BooleanField(default=False)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="tickets.article"
                    ),
                ),
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
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["language", "-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=["submitted_at"],
                        name="article_to_review",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "language", "number"), name="article_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("article", "language"),
                        name="article_one_current",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("article", "language"),
                        name="article_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_current", False), ("published_at__isnull", False), _connector="OR"),
                        name="article_current_is_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "de", "fr", "es", "pt", "zh", "ja", "ar"])),
                        name="article_version_language_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArticleFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("is_helpful", models.BooleanField()),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="what was missing")),
                ("at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feedback", to="tickets.article"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "read_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.articleversion"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["article", "-at"], name="article_feedback_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "user"), name="article_feedback_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("views", models.PositiveSmallIntegerField(default=0)),
                ("searches", models.PositiveSmallIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.organization"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-seen_at"], name="help_session_of_user"),
                    models.Index(fields=["started_at", "organization"], name="help_session_by_day"),
                ]
            },
        ),
        migrations.CreateModel(
            name="HelpSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                (
                    "reader",
                    models.CharField(
                        choices=[("staff", "Colleagues"), ("partner", "Partners"), ("customer", "Customers")],
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("term", models.CharField(max_length=100)),
                ("results", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.organization",
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
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_log",
                        to="tickets.helpsession",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("results", 0)), fields=["at"], name="help_search_empty"),
                    models.Index(fields=["user", "-at"], name="help_search_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reader__in", ["staff", "partner", "customer"])),
                        name="help_search_reader_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            sql=[IMMUTABLE, TRIGGER],
            reverse_sql=[
                "DROP TRIGGER article_version_stays ON tickets_articleversion",
                "DROP FUNCTION tickets_article_version_stays()",
            ],
        ),
        *(
            _behind_the_wall(table)
            for table in ("tickets_helpsession", "tickets_helpsearch", "tickets_articlefeedback")
        ),
    ]
