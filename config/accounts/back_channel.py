"""OpenID Connect Back-Channel Logout 1.0: the issuer ends sessions here, without a browser."""

from allauth.socialaccount.internal.jwtkit import verify_jti
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from requests import RequestException

from config.settings.openid_connect import ISSUER
from cooperation.register.history import audit
from cooperation.register.models import AuditAction, AuditResult

from .provider import CLOCKS_DIFFER, IssuerOAuth2Adapter, session_of_issuer

CLAIMS = ("iss", "aud", "iat", "exp", "jti", "events")
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@csrf_exempt  # the issuer has no cookie of ours; the signature of the token says who sent it
@require_POST
@cache_control(no_store=True)
def back_channel_logout(request: HttpRequest) -> JsonResponse:
    """Ends the sessions that a logout token names: one session of the issuer (`sid`), or all of an account (`sub`)."""
    try:
        said = _said_in(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OAuth2Error, RequestException) as error:
        audit.log(AuditAction.SIGN_OUT, "issuer", request=request, result=AuditResult.REFUSED, why=str(error)[:200])
        return JsonResponse({"error": "invalid_request"}, status=400)
    ended = list(_sessions(said))
    for session in ended:
        session.end()
    who = ", ".join(sorted({session.user.username for session in ended}))
    audit.log(AuditAction.SIGN_OUT, request=request, actor=who, by="the issuer", sessions=len(ended))
    return JsonResponse({})


def _said_in(request: HttpRequest) -> dict:
    """The claims of the logout token that was sent, if it is right and was not used before."""
    said = IssuerOAuth2Adapter(request, ISSUER).said_in(request.POST.get("logout_token", ""), CLAIMS)
    events = said["events"]
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict) or "nonce" in said:
        raise OAuth2Error("The token is no logout token.")
    names = [said[name] for name in ("sub", "sid") if name in said]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise OAuth2Error("The logout token names no session and no account.")
    verify_jti({**said, "exp": said["exp"] + CLOCKS_DIFFER})
    return said


def _sessions(said: dict) -> QuerySet[UserSession]:
    accounts = SocialAccount.objects.filter(provider=ISSUER)
    if "sub" in said:
        accounts = accounts.filter(uid=said["sub"])
    sessions = UserSession.objects.filter(user__in=accounts.values("user")).select_related("user")
    if "sid" not in said:
        return sessions
    kept = Session.objects.filter(session_key__in=sessions.values("session_key"))
    keys = [each.session_key for each in kept if session_of_issuer(each.get_decoded()).get("sid") == said["sid"]]
    return sessions.filter(session_key__in=keys)
