from django.db import migrations

SEE, UNMASK = "customer.see_private", "customer.unmask"
# Whoever could see customers or change things sees private fields as before; nobody loses anything by upgrading.
SEES = {"customer.view", "customer.edit", "ticket.edit", "settings.edit", "users.edit"}


def keep_seeing(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        more = [SEE] if SEES & set(role.permissions) else []
        # Nobody can give away what they have not got: whoever manages roles gets both.
        more += [UNMASK] if "users.edit" in role.permissions else []
        missing = [name for name in more if name not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])
    for token in apps.get_model("accounts", "ApiToken").objects.all():
        if SEES & set(token.scopes) and SEE not in token.scopes:
            token.scopes = [*token.scopes, SEE]
            token.save(update_fields=["scopes"])


def forget(apps, schema_editor):
    for model, field in (("Role", "permissions"), ("ApiToken", "scopes")):
        for row in apps.get_model("accounts", model).objects.all():
            setattr(row, field, [name for name in getattr(row, field) if name not in {SEE, UNMASK}])
            row.save(update_fields=[field])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_second_factors_links_identities"),
    ]

    operations = [
        migrations.RunPython(keep_seeing, forget),
    ]
