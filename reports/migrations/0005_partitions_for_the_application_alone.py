"""Logins that are not the application's make no partitions: a function is for everybody until somebody says otherwise."""

from django.db import migrations

_SIGNATURE = "hub_ensure_partitions(text, text, date, date)"


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_external_surveys")]

    operations = [
        migrations.RunSQL(
            sql=[
                f"REVOKE ALL ON FUNCTION {_SIGNATURE} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO hub_app",
            ],
            reverse_sql=f"GRANT EXECUTE ON FUNCTION {_SIGNATURE} TO PUBLIC",
        )
    ]
