"""Forms of allauth in the words of the register, without placeholders that repeat labels; the form of an account."""

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cooperation.register.domain.markings import refuse_marking
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from . import issuer
from .factors import use_code

REFUSED = _("Your browser gave no passkey. Try again, or choose another way.")
NOT_OF_A_BROWSER = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}


class WithoutPlaceholders(forms.Form):
    """A form whose fields have no placeholder."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class Code(WithoutPlaceholders):
    """A form that asks a code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.help_text = self.code_help
        code.widget.attrs.update(CODE)


class SignInForm(WithoutPlaceholders, account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")
        self.fields["password"].label = _("Password")


class PasswordAgainForm(WithoutPlaceholders, account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")


class NewPasswordForm(WithoutPlaceholders):
    """A form that asks a new password twice."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")
        self.fields["password1"].help_text = _("At least 12 characters. A few words in a row are easy to remember.")

    def clean(self):
        cleaned = super().clean()
        if self.has_error("password2") and "password2" not in cleaned and self.data.get("password2"):
            self.errors["password2"] = self.error_class([_("The two new passwords are not the same.")])
        return cleaned


class ChangePasswordForm(NewPasswordForm, account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Your password now")


class ChangeGivenPasswordForm(NewPasswordForm, account.SetPasswordForm):
    def clean_password1(self):
        password = self.cleaned_data["password1"]
        if self.user.check_password(password):
            raise ValidationError(_("This is the password that you were given. Choose another one."))
        return password


class SecondFactorForm(Code, factors.AuthenticateForm):
    code_help = _("The six digits that your app shows now, or one of your recovery codes.")

    def clean_code(self):
        try:
            code = super().clean_code()
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                tried = {"actor": self.user.username, "result": AuditResult.REFUSED}
                audit.log(AuditAction.LOCK_OUT, request=context.request, factor="code", **tried)
            raise
        is_of_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_app and not use_code(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class ActivateAppForm(Code, totp.ActivateTOTPForm):
    code_help = _("The six digits that your app shows now.")


class AccountForm(UserChangeForm):
    """Changes an account in the administration."""

    def clean_username(self):
        """Names that differ only in capitals are one name to who signs in: with two of those, neither account could."""
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise self.instance.unique_error_message(User, ["username"])
        return username


class Credential(forms.JSONField):
    """What a browser says of a passkey."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(REFUSED) from None

    def bound_data(self, data, initial):
        return initial  # it is good once, so it is not shown again


class Passkey(forms.Form):
    """A form with what a browser says of a passkey. What no browser says is refused: its parsers raise many errors."""

    credential = Credential(error_messages={"required": REFUSED, "invalid": REFUSED})

    def full_clean(self):
        try:
            super().full_clean()
        except NOT_OF_A_BROWSER:
            self.add_error("credential", REFUSED)


class SignInWithPasskeyForm(Passkey, passkeys.LoginWebAuthnForm):
    """For accounts of the register. One of the issuer comes in there, which may have closed it or taken its roles."""

    def clean_credential(self):
        authenticator = super().clean_credential()
        if issuer.is_of_issuer(authenticator.user):
            issuer.refused(context.request, authenticator.user.username, "a passkey without the issuer")
            raise ValidationError(
                _("Your account comes from %(issuer)s. Sign in there; your passkey is the second step."),
                params={"issuer": settings.OIDC_NAME},
            )
        return authenticator


class SecondFactorPasskeyForm(Passkey, passkeys.AuthenticateWebAuthnForm):
    pass


class AddPasskeyForm(WithoutPlaceholders, Passkey, passkeys.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].max_length = 100
        self.fields["name"].validators.append(refuse_marking)
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this passkey alone, without a password")
        passwordless.help_text = _("The passkey then asks for your fingerprint, your face or a PIN.")
        passwordless.initial = True
