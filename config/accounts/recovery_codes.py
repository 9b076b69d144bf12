"""Recovery codes are shown once, when they are made: the database keeps a hash of each, as of passwords.

allauth makes codes from a seed that it keeps, or takes those of another program (`migrated_codes`), which it compares
with what somebody types. Ours are of the second sort; the adapter gives each hash to allauth as a `HashedCode`.
"""

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import check_password, make_password

LENGTH = 8  # digits
HASHED = "hashed "  # stands before a hash, to know it from the secret of an app


class HashedCode(str):
    """The hash of a code. It equals that code, as people type it, and nothing else: not the hash, typed as a code."""

    def __eq__(self, typed: object) -> bool:
        code = normalize_user_code(typed) if isinstance(typed, str) else ""
        return len(code) == LENGTH and check_password(code, self.removeprefix(HASHED))

    __hash__ = str.__hash__


def keep_hashes(user) -> list[str]:
    """Keeps hashes in place of the seed, where codes were just made; the answer is those, to be shown now or never."""
    made = Authenticator.objects.filter(user_id=user.pk, type="recovery_codes", data__has_key="seed").first()
    if not made:
        return []
    codes = RecoveryCodes(made)
    shown = codes.get_unused_codes()
    made.data = {"migrated_codes": [encrypt(HASHED + make_password(code)) for code in shown]}
    codes.mark_as_viewed()
    return shown
