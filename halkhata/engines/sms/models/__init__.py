"""Tables of gateways."""

from halkhata.engines.sms.models.deliveries import SmsDelivery, SmsReport
from halkhata.engines.sms.models.gateways import Gateway

__all__ = ["Gateway", "SmsDelivery", "SmsReport"]
