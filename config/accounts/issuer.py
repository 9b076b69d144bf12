"""Sign-in by OpenID Connect: what an account may do follows from the claims of the issuer, at each sign-in anew."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from config.settings.openid_connect import ISSUER
from cooperation.register.domain.markings import marking_in
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from .provider import OF_ISSUER
from .rights import rights_of


class Claims:
    """What the issuer says of somebody, read by the settings `OIDC_…`."""

    def __init__(self, said: dict[str, Any]):
        self.said = said

    def values(self, name: str) -> list[str]:
        """The values of a claim, one or many; a dot leads into a claim that holds others (`realm_access.roles`)."""
        found: Any = self.said
        for part in name.split("."):
            found = found.get(part, []) if isinstance(found, dict) else []
        return [str(value) for value in (found if isinstance(found, list) else [found])]

    @property
    def username(self) -> str:
        return next(iter(self.values(settings.OIDC_USERNAME_CLAIM)), "")[:150]

    @property
    def groups(self) -> list[str]:
        return self._mapped(settings.OIDC_ROLES)

    @property
    def clearance(self) -> list[str]:
        """The rights to see more; no other right is given by a claim."""
        return [name for name in self._mapped(settings.OIDC_CLEARANCE) if name in ("see_internal", "see_confidential")]

    def _mapped(self, mapping: dict[str, str]) -> list[str]:
        return [mapping[value] for value in self.values(settings.OIDC_ROLES_CLAIM) if value in mapping]

    @property
    def has_access(self) -> bool:
        return bool(self.groups or self.clearance)

    @property
    def has_second_factor(self) -> bool:
        return any(value in settings.OIDC_FACTORS for value in self.values(settings.OIDC_FACTOR_CLAIM))


def apply(claims: Claims, user: User) -> bool:
    """Gives an account the rights that follow from the claims, and takes all others; tells whether that changed any.

    Nobody is superuser by a claim. Who is in a group that may do more than see comes into the administration.
    """
    groups = Group.objects.filter(name__in=claims.groups)
    works = Permission.objects.filter(group__in=groups).exclude(codename__startswith="see_").exists()
    clearance = Permission.objects.filter(content_type__app_label="register", codename__in=claims.clearance)
    before = rights_of(user)
    user.groups.set(groups)
    user.user_permissions.set(clearance)
    user.is_staff, user.is_superuser = works, False
    user.save(update_fields=["is_staff", "is_superuser"])
    return rights_of(user) != before


def is_of_issuer(user: User) -> bool:
    return SocialAccount.objects.filter(user=user, provider=ISSUER).exists()


def refused(request, who: str, why: str) -> None:
    audit.log(AuditAction.SIGN_IN, "issuer", request=request, actor=who, result=AuditResult.REFUSED, why=why)


class IssuerAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request, sociallogin, data):
        """Keeps a user name of what the issuer says, and nothing else: no name of a person, no address."""
        said = sociallogin.account.extra_data
        token, info = said["id_token"], said.get("userinfo") or {}
        if info and token["sub"] != info.get("sub"):
            raise PermissionDenied("The issuer speaks of two people.")
        sociallogin.claims = Claims({**info, **token})
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []
        sociallogin.user.username = sociallogin.claims.username
        return sociallogin.user

    def pre_social_login(self, request, sociallogin):
        """Only signs in: an account of the register is never joined to one of the issuer. Without a role it refuses."""
        claims, user = sociallogin.claims, sociallogin.user
        if claims.said["nonce"] != sociallogin.state["nonce"]:
            raise PermissionDenied("The answer belongs to another sign-in.")
        if sociallogin.is_existing:
            self._apply(request, claims, user)
        if sociallogin.state.get("process") != "login" or not claims.has_access:
            refused(request, claims.username, "no role")
            raise ImmediateHttpResponse(redirect("account_inactive"))
        if marking_in(claims.username):
            refused(request, "", "the name bears a marking of classified information")
            raise ImmediateHttpResponse(redirect("account_inactive"))
        sociallogin.state[OF_ISSUER] = {"sid": claims.said.get("sid"), "sign_out": sociallogin.sign_out}
        request.second_factor_of_issuer = claims.has_second_factor

    def is_open_for_signup(self, request, sociallogin):
        return True  # who has no role was refused before

    def save_user(self, request, sociallogin, form=None):
        user = super().save_user(request, sociallogin, form)
        self._apply(request, sociallogin.claims, user)
        return user

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        refused(request, "", "the issuer's answer is not right")

    @staticmethod
    def _apply(request, claims, user):
        if apply(claims, user):
            audit.log(AuditAction.CHANGE_RIGHTS, f"user {user}", request=request, actor="", **rights_of(user))
