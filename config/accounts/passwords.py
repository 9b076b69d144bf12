"""What a password may not be besides common and short: words of this site with little else."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

WORDS = (
    *("register", "politie", "police", "samenwerking", "cooperation", "internationale", "internationaal"),
    *("international", "ministerie", "ministry", "justitie", "justice", "veiligheid", "security"),
    *("interpol", "europol", "benelux", "wachtwoord", "password", "welkom", "welcome"),
)
LEFT = 6  # letters that must be left
_plain = str.maketrans("013457@$!", "oieastasi")


class SiteWordsValidator:
    """Refuses one that is hardly more than words that everybody would try here first; a sentence may have them."""

    def validate(self, password, user=None):
        looks = password.casefold()
        for plain in (looks, looks.translate(_plain)):
            rest, found = re.subn("|".join(map(re.escape, self._words())), "", plain)
            if found and len(re.findall(r"[^\W\d_]", rest)) < LEFT:
                raise ValidationError(
                    _("This is easy to guess: it has words of this site and little else."), code="site"
                )

    def get_help_text(self):
        return _t("A password has more than words of this site, such as “politie” or “register”.")

    @staticmethod
    def _words() -> list[str]:
        """Also the parts of the names of the site; the longest first."""
        names = {part for host in settings.ALLOWED_HOSTS for part in host.casefold().split(".") if len(part) > 3}
        return sorted(names.union(WORDS), key=len, reverse=True)
