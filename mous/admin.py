"""MoUs as staff correct them."""

from django.contrib import admin

from cooperation.register.editing.admin import InstrumentAdmin

from .models import Memorandum


@admin.register(Memorandum)
class MemorandumAdmin(InstrumentAdmin):
    pass
