"""The address of Redis as Celery reads it."""


def broker_url(redis_url: str) -> str:
    """A socket has another scheme than for the Redis client; and what it does not say of certificates is no check."""
    url = redis_url.replace("unix://", "redis+socket://", 1)
    if url.startswith("rediss://") and "ssl_cert_reqs=" not in url:
        url += f"{'&' if '?' in url else '?'}ssl_cert_reqs=required"
    return url
