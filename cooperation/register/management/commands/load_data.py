"""`manage.py load_data`: bring the register to what the data files say, all or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import OperationalError

from cooperation.register.actions import load as loading
from cooperation.register.display.places import places
from cooperation.register.models import Country, CountryRole


class Command(BaseCommand):
    help = "Bring the register to what the data files say: all errors at once, all or nothing."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say what would be added, changed and removed")
        parser.add_argument("--folder", type=Path, help="a folder with all the files, instead of each app's own")

    @no_translations
    def handle(self, *, dry_run, folder, verbosity, **options):
        say = self.stdout.write if verbosity > 0 else lambda line: None
        try:
            summary = loading.load(folder, dry_run=dry_run, say=say)
        except loading.LoadError as error:
            for each in error.errors:
                self.stderr.write(str(each))
            raise CommandError(f"{len(error.errors)} errors; nothing was changed.") from None
        except OperationalError as error:
            raise CommandError(f"The database gave up; nothing was changed. {error}") from None
        named = CountryRole.objects.exclude(country__in=places()).order_by().values("country")
        for country in Country.objects.filter(pk__in=named):
            self.stderr.write(f"warning: the map does not have {country.code} ({country.name}): it is listed beside it")
        if dry_run or verbosity > 1:
            for verb, records in (("add", summary.added), ("change", summary.changed), ("remove", summary.removed)):
                for file, key in records:
                    say(f"{verb}: {file}: {key}")
        say(
            f"{'would be ' if dry_run else ''}added {len(summary.added)}, changed {len(summary.changed)}, "
            f"removed {len(summary.removed)}; unchanged {summary.unchanged}"
        )
