"""Tickets of an organization with what is open first, solves and kept promises by their moments."""

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0006_policy_working_copies"),
        ("partners", "0011_surveys"),
        ("tickets", "0012_incidents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(condition=models.Q(("state", "met")), fields=["stopped_at"], name="clock_met"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("first_solved_at__isnull", False)),
                fields=["first_solved_at"],
                name="ticket_first_solved",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("solved_at__isnull", False)), fields=["solved_at"], name="ticket_last_solved"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("organization"),
                models.Case(
                    models.When(status__in=["new", "open", "pending", "on_hold"], then=models.Value(0)),
                    default=models.Value(1),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("breaches_at"),
                django.db.models.expressions.CombinedExpression(models.F("id"), "*", models.Value(-1)),
                condition=models.Q(("merged_into__isnull", True)),
                name="ticket_org_open_first",
            ),
        ),
    ]
