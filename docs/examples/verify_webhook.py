import base64
import hashlib
import hmac
import time

# How old a request may be: an older one may have been recorded by somebody and sent again.
TOLERANCE_S = 5 * 60


def is_authentic(headers, body, secret, now=None):
    """Whether a request came from who knows the secret, and lately. `body` is the bytes as they came; header names are in lower case."""
    try:
        age = (time.time() if now is None else now) - int(headers["webhook-timestamp"])
        message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signatures = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    if abs(age) > TOLERANCE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted.encode(), given.encode()) for given in signatures)
