"""Recent actions on the first page of the administration, of what the reader may see now."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from ..models.queryset import sees_everything
from .records import RecordAdmin


def visible_log_entries(request) -> QuerySet[LogEntry]:
    """An entry keeps the title of its record, also for who lost the clearance to see that, and when it is gone."""
    entries = LogEntry.objects.select_related("content_type", "user")
    if sees_everything(request.user):
        return entries
    records = [each for each in admin.site._registry.values() if isinstance(each, RecordAdmin)]
    types = ContentType.objects.get_for_models(*(each.model for each in records), for_concrete_models=False)
    visible = ~Q(content_type__in=types.values())
    for each in records:
        keys = each.get_queryset(request).annotate(as_text=Cast("pk", CharField())).order_by().values("as_text")
        visible |= Q(content_type=types[each.model], object_id__in=keys)
    return entries.filter(visible)
