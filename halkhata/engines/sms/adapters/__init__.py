"""Kinds of gateways behind one face (base.Adapter)."""

from halkhata.engines.sms.adapters.base import Adapter
from halkhata.engines.sms.adapters.bulksmsbd import BulkSmsBd
from halkhata.engines.sms.adapters.http_template import HttpTemplate
from halkhata.engines.sms.adapters.kannel import Kannel
from halkhata.engines.sms.adapters.mimsms import MimSms
from halkhata.engines.sms.adapters.sms_net_bd import SmsNetBd
from halkhata.engines.sms.adapters.ssl_wireless import SslWireless
from halkhata.engines.sms.choices import GatewayKind

ADAPTERS: dict[str, Adapter] = {
    GatewayKind.HTTP_TEMPLATE: HttpTemplate(),
    GatewayKind.SSL_WIRELESS: SslWireless(),
    GatewayKind.BULKSMSBD: BulkSmsBd(),
    GatewayKind.MIMSMS: MimSms(),
    GatewayKind.SMS_NET_BD: SmsNetBd(),
    GatewayKind.KANNEL: Kannel(),
}
