from django.db import migrations, models

NEWS = [
    ("no_mail", "By SMS when there is no e-mail address"),
    ("also", "By SMS besides the mail"),
    ("never", "By e-mail only"),
]


class Migration(migrations.Migration):
    """Whether news of tickets go by SMS is a setting."""

    dependencies = [("messaging", "0022_delivered_texts")]

    operations = [
        migrations.AddField(
            model_name="textingsettings",
            name="news",
            field=models.CharField(choices=NEWS, default="no_mail", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="textingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("news__in", ["no_mail", "also", "never"])), name="messaging_texting_news"
            ),
        ),
    ]
