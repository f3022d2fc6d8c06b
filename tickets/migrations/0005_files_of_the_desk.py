"""People at the desk read the files of the tickets that they see, of whatever organization (ADR 0023)."""

from django.db import migrations

# A second policy beside that of the scope; attachments go with their ticket, which has a wall of its own.
POLICY = """
CREATE POLICY common_storedfile_desk ON common_storedfile FOR SELECT USING (
    (SELECT coalesce(current_setting('hub.desk', true), '')) <> ''
    AND EXISTS (SELECT 1 FROM tickets_attachment a WHERE a.file_id = common_storedfile.id)
)
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_desk_without_queues")]

    operations = [migrations.RunSQL(sql=POLICY, reverse_sql="DROP POLICY common_storedfile_desk ON common_storedfile")]
