"""The issuer of accounts, as allauth is told of it."""

ISSUER = "issuer"  # what allauth calls it, in addresses and beside accounts


def providers(url: str, name: str, client_id: str, secret: str, scope: list[str]) -> dict:
    """Authorization code flow with PKCE, at the one issuer; none where there is no address."""
    if not url:
        return {}
    discovery = f"{url.rstrip('/')}/.well-known/openid-configuration"
    app = {
        "provider_id": ISSUER,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"issuer": url, "server_url": discovery, "oauth_pkce_enabled": True, "scope": scope},
    }
    return {"openid_connect": {"APPS": [app]}}
