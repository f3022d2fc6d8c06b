"""Mail that was logged with an organization is nobody's ticket."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0006_policy_working_copies"),
        ("partners", "0015_relationship"),
        ("tickets", "0021_named_through_an_index"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="incomingmail",
            name="incoming_mail_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="incomingmail",
            name="incoming_mail_taken_has_ticket",
        ),
        migrations.AlterField(
            model_name="incomingmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("opened", "Opened a ticket"),
                    ("added", "Added to a ticket"),
                    ("logged", "Logged with an organization"),
                    ("rejected", "Rejected"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["opened", "added", "logged", "rejected"])),
                name="incoming_mail_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("rejected", "logged")), ("ticket__isnull", False), _connector="OR"),
                name="incoming_mail_taken_has_ticket",
            ),
        ),
    ]
