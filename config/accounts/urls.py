"""Every address of the accounts. What is not here of allauth cannot be reached: no sign-up, no mail, no reset."""

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.providers.openid_connect.views import login
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView, TemplateView

from config.settings.openid_connect import ISSUER

from . import views
from .back_channel import back_channel_logout
from .provider import callback


def page(view, template, title):
    return view.as_view(template_name=template, extra_context={"title": title})


def form(view, title, button, text):
    """A page that is one form."""
    words = {"title": title, "button": button, "text": text}
    return view.as_view(template_name="account/form.html", extra_context=words)


second_factor = page(AuthenticateView, "account/second_factor.html", _("Second factor"))
refused = page(TemplateView, "account/refused.html", _("You have no access"))
password_again = form(
    ReauthenticateView,
    _("Your password again"),
    _("Continue"),
    _("This page changes how you sign in. So it asks your password once more."),
)
change_password = form(
    views.ChangePassword,
    _("Change your password"),
    _("Change"),
    _("You stay signed in here. In other places you must sign in again."),
)
change_given = form(
    views.ChangeGiven,
    _("Choose a password"),
    _("Sign in"),
    _("You signed in with a password that somebody gave you. Choose one that only you know."),
)
sign_in_again = form(
    views.SignInAgain,
    _("Sign in again first"),
    _("Sign in again"),
    _("This page changes how you sign in. You can do that in the five minutes after you have signed in."),
)
factors = page(views.Factors, "account/factors.html", _("Your account"))
add_app = page(views.AddApp, "account/app.html", _("Set up an app"))
remove_app = form(views.RemoveApp, _("Remove the app"), _("Yes, remove it"), _("Its codes are then no longer asked."))
add_passkey = page(views.AddPasskey, "account/passkey.html", _("Add a passkey"))
remove_passkey = form(
    views.RemovePasskey, _("Remove a passkey"), _("Yes, remove it"), _("You can then no longer sign in with it.")
)
recovery_codes = page(ViewRecoveryCodesView, "account/recovery_codes.html", _("Recovery codes"))
new_recovery_codes = form(
    views.NewRecoveryCodes,
    _("New recovery codes"),
    _("Make new codes"),
    _("The codes that you have now then stop working."),
)
sessions = page(views.Sessions, "account/sessions.html", _("Where you are signed in"))

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/code/", second_factor, name="mfa_authenticate"),
    path("login/passkey/", LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path("login/password/", change_given, name="change_given_password"),
    path("login/refused/", refused, name="account_inactive"),
    path("login/issuer/", require_POST(login), {"provider_id": ISSUER}, name="openid_connect_login"),
    path("login/issuer/callback/", callback, {"provider_id": ISSUER}, name="openid_connect_callback"),
    path("login/issuer/back-channel-logout/", back_channel_logout, name="back_channel_logout"),
    path("login/stopped/", RedirectView.as_view(pattern_name="account_login"), name="socialaccount_login_cancelled"),
    path("logout/", views.sign_out, name="account_logout"),
    path("account/", factors, name="mfa_index"),
    path("account/password/", change_password, name="account_change_password"),
    path("account/password-again/", password_again, name="account_reauthenticate"),
    path("account/sign-in-again/", sign_in_again, name="sign_in_again"),
    path("account/app/", add_app, name="mfa_activate_totp"),
    path("account/app/remove/", remove_app, name="mfa_deactivate_totp"),
    path("account/passkeys/add/", add_passkey, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),
    path("account/recovery-codes/", recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/sessions/", sessions, name="usersessions_list"),
]
