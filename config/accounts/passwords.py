"""What a password may not be besides common and short: words of this site with little else, and leaked."""

import hashlib
import os
import re
from bisect import bisect_left
from collections.abc import Sequence

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


class LeakedPasswordValidator:
    """Refuses one that stands in a local list of leaked passwords, as the downloader of Have I Been Pwned makes it.

    Its lines begin with a SHA-1 in hexadecimal and are sorted, so that bisection finds one of 900 million in 36 reads.
    """

    def __init__(self, path: str):
        self.path = path

    def validate(self, password, user=None):
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with open(self.path, "rb") as file:
            lines = _Lines(file)
            if lines[bisect_left(lines, digest)] == digest:
                raise ValidationError(
                    _("This password stands in a list of leaked passwords: others know it."), code="leaked"
                )

    def get_help_text(self):
        return _t("A password does not stand in a list of leaked passwords.")


class _Lines(Sequence):
    """The hash behind each byte of the file: of the line that begins after it; of the first line at the beginning."""

    def __init__(self, file):
        self.file = file

    def __len__(self):
        return self.file.seek(0, os.SEEK_END)

    def __getitem__(self, place):
        self.file.seek(place)
        if place:
            self.file.readline()
        return self.file.readline()[:40].upper() or b"~"  # after the last line; higher than any hash
