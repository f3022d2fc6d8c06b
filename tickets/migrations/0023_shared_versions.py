"""A post-mortem is shared in one version: what partners read changes when it is shared again, not with a publication."""

from django.db import migrations, models
from django.db.models import F, Q

# Up to now they read what was published last.
_READ = "UPDATE tickets_postmortem SET shared_number = published_number WHERE shared_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0022_mail_logged")]

    operations = [
        migrations.AddField(
            model_name="postmortem", name="shared_number", field=models.PositiveIntegerField(default=0)
        ),
        migrations.RunSQL(sql=_READ, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="postmortem",
            constraint=models.CheckConstraint(
                condition=Q(shared_at__isnull=True, shared_number=0)
                | Q(shared_at__isnull=False, shared_number__gt=0, shared_number__lte=F("published_number")),
                name="post_mortem_shared_version",
            ),
        ),
    ]
