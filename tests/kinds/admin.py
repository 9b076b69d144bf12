from django.contrib import admin

from cooperation.register.editing.admin import InstrumentAdmin

from .models import Lighthouse

admin.site.register(Lighthouse, InstrumentAdmin)
