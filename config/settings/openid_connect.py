"""The issuer of accounts, as allauth is told of it."""

ISSUER = "issuer"  # what allauth calls it, in addresses and beside accounts


def providers(url: str, name: str, client_id: str, secret: str, scope: list[str]) -> dict:
    """Authorization code flow with PKCE, at the one issuer; none where there is no address."""
    if not url:
        return {}
    app = {
        "provider_id": ISSUER,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url, "oauth_pkce_enabled": True, "scope": scope},
    }
    return {"openid_connect": {"APPS": [app]}}
