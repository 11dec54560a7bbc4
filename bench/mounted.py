"""What the measured server processes run: the product as it is deployed, with the bare pages beside it."""

from bench.baselines.bare import beside
from config.asgi import application as product

application = beside(product)
