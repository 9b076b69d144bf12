"""Lighthouses as staff correct them."""

from django.contrib import admin

from .kind import LIGHTHOUSES

LIGHTHOUSES.register(admin.site)
