"""The chain of the audit trail counts its links, and remembers how far the trail is settled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        # Nothing was sealed before this version: the table is empty, so the column needs no default that lasts.
        migrations.AddField(
            model_name="activityseal",
            name="position",
            field=models.BigIntegerField(default=0, unique=True),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(name="activityseal", options={"ordering": ["position"]}),
        migrations.CreateModel(
            name="SealMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("settled_id", models.BigIntegerField(default=0)),
                ("waiting_id", models.BigIntegerField(default=0)),
                ("waiting_xid", models.BigIntegerField(default=0)),
            ],
        ),
    ]
