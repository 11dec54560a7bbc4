"""Halkhata (হালখাতা): a free, self-hosted CRM for dealers."""

__version__ = "0.1.0"
