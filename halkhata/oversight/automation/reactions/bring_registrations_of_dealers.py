"""A dealer's list is brought in by the road of all imports -> registrations that wait to be checked (A53.2).

What a row is stands in ``registration_lists``; here it is only put beside customers and sales.
"""

from halkhata.oversight.automation.registration_lists import TARGET
from halkhata.records.imports.registry import import_targets

import_targets.register("registrations", TARGET)
