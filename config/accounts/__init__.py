"""Accounts: signing in, the second factor, sessions, and who may give which rights. The parts are django-allauth's."""
