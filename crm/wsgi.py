"""What the application server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
# Pages are served by the database role that cannot touch schema or history.
os.environ.setdefault("CRM_DATABASE_ROLE", "app")

application = get_wsgi_application()
