"""Placements as staff correct them."""

from django.contrib import admin

from cooperation.register.editing.admin import InstrumentAdmin

from .models import Placement


@admin.register(Placement)
class PlacementAdmin(InstrumentAdmin):
    pass
