from django.contrib import admin

from cooperation.register.admin import InstrumentAdmin

from .models import Lighthouse

admin.site.register(Lighthouse, InstrumentAdmin)
