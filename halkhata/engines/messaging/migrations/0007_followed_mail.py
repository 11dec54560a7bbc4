from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_mail_identity")]
    operations = [
        migrations.CreateModel(
            name="FollowedMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "came_for",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="followed_mail", to="messaging.conversation"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE, related_name="followed", to="messaging.message"
                    ),
                ),
            ],
        ),
    ]
