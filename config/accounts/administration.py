"""The administration behind the one place to sign in: it asks no password itself, and wants a second factor."""

from allauth.account.utils import get_next_redirect_url
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from . import factors
from .models import SingleFactorUser
from .views import sign_out


class Administration(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not isinstance(request.user, SingleFactorUser)

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Leads to where one signs in, or sets up a second factor, and from there back."""
        wanted = get_next_redirect_url(request) or reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if request.user.is_staff:
            return factors.lead_to_setup(request, wanted)
        raise PermissionDenied

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_change_password")
