"""The pages of an account: those of allauth where they fit, and what these leave to the project."""

from allauth.account import views as account
from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.base import views as factors_
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from . import factors, given
from .forms import ChangeGivenPasswordForm
from .recovery_codes import keep_hashes


class SignIn(account.LoginView):
    """The one place to sign in."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs):
        issuer = settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else ""
        return super().get_context_data(**kwargs, title=_("Sign in"), issuer=issuer)


sign_out = require_POST(account.LogoutView.as_view())


class ChangePassword(account.PasswordChangeView):
    """For who has a password here; that of an account of the issuer is changed there."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


@method_decorator(login_stage_required(given.ChangeGivenPassword.key, "account_login"), name="dispatch")
class ChangeGiven(FormView):
    """A step of signing in: who got a password from somebody else chooses their own."""

    form_class = ChangeGivenPasswordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request._login_stage.login.user}

    def form_valid(self, form):
        form.save()
        given.changed(self.request, form.user)
        return self.request._login_stage.exit()


class SignInAgain(LoginRequiredMixin, FormView):
    """For who has no password here and wants to change a factor: who has just signed in is not asked again."""

    form_class = forms.Form

    def form_valid(self, form):
        logout(self.request)
        return redirect_to_login(reverse("mfa_index"))


class Factors(factors_.IndexView):
    """Which second factors an account has; where it must have one, what waits for it."""

    def get_context_data(self, **kwargs):
        session = self.request.session
        waits = {"is_missing": session.get(factors.MISSING), "wanted": session.get(factors.WANTED)}
        return super().get_context_data(**kwargs, **waits)


class UpdatesSession:
    """After a factor is added or removed, the session gets the rights that it now has.

    Recovery codes that were made with it are shown in the answer itself, as nobody can read them afterwards.
    """

    @method_decorator(transaction.atomic)
    def form_valid(self, form):
        response = super().form_valid(form)
        shown = keep_hashes(self.request.user)
        factors.update_session(self.request)
        if not shown:
            return response
        words = {"title": _("Recovery codes"), "unused_codes": shown, "can_view_codes": True, "total_count": len(shown)}
        return render(self.request, "account/recovery_codes.html", words)


class AddApp(UpdatesSession, totp.ActivateTOTPView):
    def form_valid(self, form):
        response = super().form_valid(form)
        app = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
        factors.use_code(app, form.cleaned_data["code"])  # it signs nobody in
        return response


class RemoveApp(UpdatesSession, totp.DeactivateTOTPView):
    pass


class AddPasskey(UpdatesSession, passkeys.AddWebAuthnView):
    pass


class RemovePasskey(UpdatesSession, passkeys.RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class NewRecoveryCodes(UpdatesSession, recovery_codes.GenerateRecoveryCodesView):
    pass


class Sessions(LoginRequiredMixin, FormView):
    """Where somebody is signed in; ends the other sessions, or all."""

    form_class = forms.Form

    def sessions(self):
        alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
        return UserSession.objects.filter(user_id=self.request.user.pk, session_key__in=alive).order_by("-created_at")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, sessions=self.sessions())

    def form_valid(self, form):
        with_this = "everywhere" in self.request.POST
        end_sessions(self.request, [one for one in self.sessions() if with_this or not one.is_current()])
        return redirect("home" if with_this else "usersessions_list")
