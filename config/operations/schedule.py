"""When work in the background is due: what `celery -A config beat` asks."""

from celery.beat import PersistentScheduler


class Schedule(PersistentScheduler):
    """Goes on when the clock was set back. That of Celery waits until each last run lies in the past again."""

    def tick(self, *args, **kwargs):
        now = self.app.now()
        if to_come := [entry for entry in self.schedule.values() if entry.last_run_at > now]:
            for entry in to_come:
                entry.last_run_at = now
            self._heap = None  # it is made anew of these
        return super().tick(*args, **kwargs)
