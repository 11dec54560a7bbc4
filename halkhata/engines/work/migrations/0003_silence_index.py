from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0002_append_only'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('state_flag', 'resolved'), _negated=True), fields=['last_update_at', 'id'], name='work_item_silence'),
        ),
    ]
