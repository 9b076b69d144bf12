"""`manage.py check_spans`: recompute every stage span and compare with what is stored."""

from django.core.management.base import BaseCommand, CommandError, no_translations

from cooperation.register import actions, tasks
from cooperation.register.models import Instrument


class Command(BaseCommand):
    help = "Recompute all stage spans and compare. Exit code 1 when any differs; --repair writes those anew."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="write the spans that differ anew")

    @no_translations
    def handle(self, *, repair, **options):
        differing = actions.compare_spans()
        for key in differing:
            self.stdout.write(f"differs: {key}")
        if differing and repair:
            with actions.write_lock(patience=0):
                actions.rewrite_spans(Instrument.objects.filter(key__in=differing))
            self.stdout.write(f"{len(differing)} written anew")
            tasks.note_check(0)
            return
        tasks.note_check(len(differing))
        if differing:
            raise CommandError(f"The spans of {len(differing)} instruments differ from their milestones.")
        self.stdout.write("All spans follow from their milestones.")
