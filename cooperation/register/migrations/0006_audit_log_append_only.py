"""The audit log is append-only by triggers that no setting of a session switches off, as those of pgtrigger can be.

Whatever a session says of how long lines are kept, those of the last 30 days are never deleted.
"""

import pgtrigger.migrations
from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION register_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND OLD.at < nullif(current_setting('register.audit_kept_since', true), '')::timestamptz
        AND OLD.at < now() - interval '30 days'
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON register_auditentry
    FOR EACH ROW EXECUTE FUNCTION register_audit_append_only();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON register_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION register_audit_append_only();
"""
UNDONE = """
DROP TRIGGER audit_never_emptied ON register_auditentry;
DROP TRIGGER audit_append_only ON register_auditentry;
DROP FUNCTION register_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0005_audit_log")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, UNDONE),
        pgtrigger.migrations.RemoveTrigger(model_name="auditentry", name="append_only"),
        pgtrigger.migrations.RemoveTrigger(model_name="auditentry", name="never_emptied"),
    ]
