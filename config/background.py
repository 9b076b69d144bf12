"""Is the work in the background going on? The schedule and the worker leave a sign in Redis every minute."""

from django.core.cache import cache
from django.utils.translation import gettext as _t

WORKER, SCHEDULE = "worker", "schedule"
SIGN_OF_LIFE = "config.sign_of_life"
LATE = 180  # seconds: three signs were missed


def note(part: str) -> None:
    """Leaves a sign, which goes by itself when no other follows."""
    cache.set(f"sign-of-life:{part}", True, LATE)


def silent() -> list[str]:
    """What has given no sign for some minutes. Raises what Redis raises."""
    return [part for part in (WORKER, SCHEDULE) if not cache.get(f"sign-of-life:{part}")]


def warnings() -> list[str]:
    """For the administrator, in words."""
    try:
        parts = silent()
    except Exception:
        return [_t("Redis does not answer. Pages are slower, and work in the background stands still.")]
    said = {
        WORKER: _t("The worker does not run: nothing is done in the background, such as the nightly check."),
        SCHEDULE: _t("The schedule does not run: nothing is done at its fixed time, such as the nightly check."),
    }
    return [said[part] for part in parts]
