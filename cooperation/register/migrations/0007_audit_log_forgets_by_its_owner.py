"""Lines of the audit log are deleted by the owner of the table only, in a function that the role that serves may call.

The function itself, with the period in it, is made after each migrate (`history.audit.make_forget`). Refused access is
an action.
"""

from django.db import migrations, models

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION register_audit_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND OLD.at < nullif(current_setting('register.audit_kept_since', true), '')::timestamptz
        AND OLD.at < now() - interval '30 days'
        {owner}
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
# Read in pg_catalog: a temporary table of that name could say that anybody is the owner.
BY_ITS_OWNER = "AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)"


class Migration(migrations.Migration):
    dependencies = [("register", "0006_audit_log_append_only")]

    operations = [
        migrations.RunSQL(APPEND_ONLY.format(owner=BY_ITS_OWNER), APPEND_ONLY.format(owner="")),
        migrations.RunSQL("", "DROP FUNCTION IF EXISTS register_audit_forget()"),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("read", "read"),
                    ("export", "export"),
                    ("access", "access"),
                    ("sign_in", "sign-in"),
                    ("sign_out", "sign-out"),
                    ("lock_out", "lock-out"),
                    ("change_password", "change of password"),
                    ("change_factor", "change of a second factor"),
                    ("change_rights", "change of rights"),
                    ("change_account", "change of an account"),
                ],
                editable=False,
                max_length=20,
                verbose_name="action",
            ),
        ),
    ]
