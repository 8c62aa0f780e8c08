"""The day on which the dashboard's tests look, whose city they look at, and how a number on its pages links to its records."""

import re
from datetime import date

TODAY = date(2026, 9, 16)
CITY = "江州市"
LINK = re.compile(r'<a(?: class="[^"]*")? href="([^"]+)">(\d+)</a>')
