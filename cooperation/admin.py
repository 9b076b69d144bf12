"""The kinds of this app as staff correct them."""

from django.contrib import admin

from .models import EUProposal, Initiative, InterpolItem, Provision, Treaty, Vote
from .register.editing.admin import InstrumentAdmin, Rows

admin.site.register([EUProposal, Initiative, Provision, Treaty], InstrumentAdmin)


class VoteInline(Rows):
    model = Vote


@admin.register(InterpolItem)
class InterpolItemAdmin(InstrumentAdmin):
    inlines = [*InstrumentAdmin.inlines, VoteInline]
