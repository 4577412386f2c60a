"""What other programs talk to: HTTP with access tokens, on the services and access rules of the pages."""

PREFIXES = ("/api/", "/v1/")  # of their paths: reached with a token, never with a login
TOKENED = (
    *PREFIXES,
    "/sparql/",
    "/mcp",
    "/metrics",
    "/feeds/",
)  # reached with an access token instead of a login
