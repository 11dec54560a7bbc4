"""The pages that crawling tests walk: each address without arguments, found from the resolver, one of each detail."""

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Addresses that are no page to look at: streams, machine answers, posts, partial answers.
NOT_PAGES = {
    "analytics:promises_csv", "analytics:stages_csv", "analytics:causes_csv", "standards:publish",
    "web:live", "web:health", "web:demo_clear", "web:dismiss_steps", "set_language", "accounts:logout",
    "accounts:setup", "accounts:setup_code",
    "accounts:start", "work:queue_assign", "work:red_board_assign", "work:view_new", "work:notifications_read",
    "tickets:preview", "portal:embedded_complaint", "accounts:second_step", "accounts:forgotten",
    "accounts:new_password", "accounts:invited", "accounts:oidc_begin", "accounts:oidc_back", "accounts:sessions_end",
    "accounts:two_factor_codes", "accounts:two_factor_off", "accounts:unlock_name",
    "operations:alive", "operations:ready", "operations:metrics", "operations:release", "backups:begin", "backups:key",
    "backups:key_kept", "messaging:quarantine_bulk", "messaging:outbox_release",
    "privacy:stop_lift", "data_quality:take_all", "data_quality:rule_conditions",
    "customers:duplicates_search", "customers:places", "imports:sample", "segments:conditions",
    "catalog:sale_fields", "catalog:sale_customer", "claims:sheet", "claims:losses_file",
}  # fmt: skip
SIGNED_OUT = {"accounts:login", "portal:complaint", "portal:standards"}


def _walk(resolver: URLResolver, namespaces: tuple[str, ...]) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            found.extend(_walk(entry, inner))
        elif entry.name:
            found.append((":".join((*namespaces, entry.name)), entry))
    return found


def plain_pages() -> dict[str, str]:
    """Name and path of every page whose address takes no arguments; the API is another door."""
    pages = {}
    for name, pattern in _walk(get_resolver(), ()):
        if name in NOT_PAGES or name.startswith(("api:", "api_")) or pattern.pattern.converters:
            continue
        pages[name] = reverse(name)
    return pages
