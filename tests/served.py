"""The register on the database of the tests, whose name is in the environment: for a web server of its own.

Its settings are those of `script/server`, not those of the tests: whatever they loosen is to be tried as well.
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
application = get_wsgi_application()
