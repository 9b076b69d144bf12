"""AuditEntry: who did what, from where, and whether it was allowed: one line of the audit log."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    """What is logged. Reading is logged where something is read that is not public, access where it is refused."""

    READ = "read", _("read")
    EXPORT = "export", _("export")
    ACCESS = "access", _("access")
    SIGN_IN = "sign_in", _("sign-in")
    SIGN_OUT = "sign_out", _("sign-out")
    LOCK_OUT = "lock_out", _("lock-out")
    CHANGE_PASSWORD = "change_password", _("change of password")  # nosec B105
    CHANGE_FACTOR = "change_factor", _("change of a second factor")
    CHANGE_RIGHTS = "change_rights", _("change of rights")
    CHANGE_ACCOUNT = "change_account", _("change of an account")


class AuditResult(models.TextChoices):
    """How it ended."""

    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class AuditEntry(models.Model):
    """A line that nobody changes: the database refuses it, and deletes only what is older than it must be kept.

    The triggers are in migrations 0006 and 0007, and not of pgtrigger: those can be switched off by a setting of the
    session.
    Who did it stands as text, as the line outlives the account. Nothing is logged of what anonymous readers ask.
    """

    at = models.DateTimeField(_("time"), db_default=Now(), editable=False, db_index=True)
    action = models.CharField(_("action"), max_length=20, choices=AuditAction, editable=False)
    object = models.CharField(_("object"), max_length=300, editable=False)
    result = models.CharField(_("result"), max_length=10, choices=AuditResult, default=AuditResult.DONE, editable=False)
    actor = models.CharField(_("account"), max_length=150, db_index=True, editable=False)
    origin = models.CharField(_("origin"), max_length=100, editable=False)
    details = models.JSONField(_("details"), default=dict, editable=False)

    class Meta:
        verbose_name = _("line of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.object}"
