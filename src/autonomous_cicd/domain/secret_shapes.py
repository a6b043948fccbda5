"""What the tokens of known services look like, and which services hand out keys that look like nothing."""

from __future__ import annotations

import re
from itertools import groupby

__all__ = ["KINDS", "SERVICES", "TOKEN"]

_ANY = "[A-Za-z0-9_=-]"
_ALNUM = "[A-Za-z0-9]"
_LOWER = "[a-z0-9]"
_UPPER = "[A-Z0-9]"
_HEX = "[A-Fa-f0-9]"
_BASE64 = "[A-Za-z0-9+/_=-]"
_UUID = r"[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}"

_PREFIXED = (
    ("1Password service account", "ops_eyJ", _BASE64, 24),
    ("Adafruit", "aio_", _ALNUM, 24),
    ("Adobe", "p8e-", _LOWER, 32),
    ("age", "AGE-SECRET-KEY-", _UPPER, 40),
    ("Alibaba", "LTAI", _ALNUM, 16),
    ("Anthropic", "sk-ant-", _ANY, 20),
    ("Apify", "apify_api_", _ALNUM, 30),
    ("Artifactory", "AKCp", _ALNUM, 60),
    ("Artifactory reference", "cmVmd", _ALNUM, 50),
    ("Atlassian", "AT[AC]TT3", _ANY, 30),
    ("AWS access key", "A(?:3T[A-Z0-9]|KIA|SIA|BIA|CCA)", _UPPER, 16),
    ("AWS Bedrock", "ABSK", _BASE64, 24),
    ("AWS Bedrock, short-lived", "bedrock-api-key-", _ALNUM, 20),
    ("Bitbucket", "ATBB", _ALNUM, 24),
    ("Buildkite", "bk[a-z]{2}_", _ALNUM, 32),
    ("CircleCI", "CCIPAT_", _ANY, 30),
    ("Clojars", "CLOJARS_", _LOWER, 40),
    ("Cloudflare origin", r"v1\.0-", "[a-f0-9-]", 120),
    ("Contentful", "CFPAT-", _ANY, 30),
    ("Databricks", "dapi", "[a-f0-9]", 32),
    ("Defined Networking", "dnkey-", _ANY, 60),
    ("DigitalOcean", "do[opr]_v1_", _HEX, 40),
    ("Docker Hub", "dckr_[a-z]{3}_", _ANY, 20),
    ("Doppler", r"dp\.[a-z]{2,5}\.(?:[a-z0-9_-]{2,35}\.)?", _ALNUM, 40),
    ("Dropbox", r"sl\.(?:u\.)?", _ANY, 100),
    ("Duffel", "duffel_(?:test|live)_", _ANY, 40),
    ("Dynatrace", r"dt0[a-z]\d\d\.[A-Za-z0-9]{24}\.", _ALNUM, 48),
    ("EasyPost", "EZ[AT]K", _ALNUM, 50),
    ("Facebook", "EAA[A-Z]", _ALNUM, 80),
    ("Figma", "fig[dor]_", _ANY, 32),
    ("Firebase messaging", "APA91b", _ANY, 100),
    ("Flutterwave", "FLW(?:SECK|PUBK)(?:_TEST)?-", "[A-Za-z0-9-]", 12),
    ("Fly.io", "fo1_", _ANY, 40),
    ("Fly.io macaroon", "fm[12][ar]?_", _BASE64, 24),
    ("Frame.io", "fio-u-", _ANY, 50),
    ("Google API key", "AIza", _ANY, 32),
    ("Google OAuth secret", "GOCSPX-", _ANY, 24),
    ("Google OAuth token", r"ya29\.", _ANY, 30),
    ("GitHub", "gh[pousr]_", _ALNUM, 20),
    ("GitHub fine-grained", "github_pat_", "[A-Za-z0-9_]", 20),
    ("GitLab", "gl(?:pat|dt|ffct|ft|imt|agent|oas|ptt|rt|rtr|soat|cbt|wt)-", _ANY, 16),
    ("GitLab runner registration", "GR1348941", _ANY, 16),
    ("Grafana", "eyJrIjoi", _ALNUM, 40),
    ("Grafana Cloud", "glc_", _BASE64, 32),
    ("Grafana service account", "glsa_", "[A-Za-z0-9_]", 32),
    ("Groq", "gsk_", _ALNUM, 40),
    ("Heroku", "HRKU-", _ANY, 36),
    ("Hugging Face", "hf_", _ALNUM, 30),
    ("Hugging Face organization", "api_org_", _ALNUM, 30),
    ("Infracost", "ico-", _ALNUM, 32),
    ("Intra 42", "s-s4t2(?:ud|af)-", _HEX, 40),
    ("JWT", r"ey[A-Za-z0-9_-]{15,}\.ey[A-Za-z0-9_/-]{8,}\.?", "[A-Za-z0-9_/=-]", 0),
    ("JWT in base64", "ZXlK", _BASE64, 40),
    ("LangSmith", "lsv2_[a-z]{2}_", _HEX, 30),
    ("Linear", "lin_(?:api|oauth|wh)_", _ALNUM, 32),
    ("Lob", "(?:live|test)_(?:pub_)?", "[a-f0-9]", 31),
    ("Mailgun", "(?:pub)?key-", "[a-f0-9]", 32),
    ("New Relic", "NR(?:JS|II|AK|RA|SP|AL)-", "[A-Za-z0-9-]", 19),
    ("Notion", "ntn_", _ALNUM, 40),
    ("Notion integration", "secret_", _ALNUM, 40),
    ("Netlify", "nf[a-z]_", _ALNUM, 36),
    ("npm", "npm_", _ALNUM, 30),
    ("NVIDIA", "nvapi-", _ANY, 50),
    ("Octopus Deploy", "API-", _UPPER, 25),
    ("OpenAI", "sk-(?:proj-|svcacct-|admin-|None-)", _ANY, 32),
    ("OpenAI, older", "sk-", _ALNUM, 32),
    ("OpenRouter", "sk-or-", _ANY, 32),
    ("OpenShift", "sha256~", _ANY, 40),
    ("Perplexity", "pplx-", _ALNUM, 40),
    ("PlanetScale", "pscale_(?:tkn|oauth|pw)_", "[A-Za-z0-9_.=-]", 24),
    ("Postman", "PMAK-", "[a-f0-9-]", 50),
    ("Prefect", "pn[ub]_", _ALNUM, 32),
    ("Pulumi", "pul-", _HEX, 40),
    ("PyPI", "pypi-", _ANY, 50),
    ("Readme", "rdme_", _LOWER, 50),
    ("Render", "rnd_", _ALNUM, 24),
    ("Replicate", "r8_", _ALNUM, 36),
    ("RubyGems", "rubygems_", _HEX, 40),
    ("Scalingo", "tk-us-", _ANY, 40),
    ("SendGrid", r"SG\.", "[A-Za-z0-9_.=-]", 50),
    ("Sendinblue", "x(?:key|smtp)sib-", "[A-Za-z0-9-]", 60),
    ("Sentry organization", "sntrys_", _BASE64, 40),
    ("Sentry user", "sntry[ua]_", _HEX, 40),
    ("SettleMint", "sm_[aps]at_", _ALNUM, 16),
    ("Shippo", "shippo_(?:live|test)_", _HEX, 32),
    ("Shopify", "shp(?:at|ca|pa|ss|ua|tka)_", _HEX, 32),
    ("Slack app", r"xapp-\d-", "[A-Za-z0-9-]", 6),
    ("Slack", "xox[a-z]-", "[A-Za-z0-9-]", 8),
    ("Slack configuration", r"xoxe\.xox[bp]-", "[A-Za-z0-9-]", 20),
    ("Snyk", "snyk_[a-z]{3}_", "[A-Za-z0-9._-]", 30),
    ("SonarQube", "sq[upa]_", _ANY, 36),
    ("Sourcegraph", "sg[psdma]_(?:(?:local|[A-Fa-f0-9]{16})_)?", _HEX, 36),
    ("Square", "sq0[a-z]{3}-", _ANY, 20),
    ("Square access", "EAAA", _ANY, 22),
    ("Stripe", "[rs]k_(?:test|live|prod)_", _ALNUM, 10),
    ("Stripe webhook", "whsec_", "[A-Za-z0-9+/]", 24),
    ("Supabase", "sb[ps]_", _ANY, 36),
    ("Tailscale", "tskey-", "[A-Za-z0-9-]", 20),
    ("Tavily", "tvly-", _ANY, 24),
    ("Twilio", "SK", _HEX, 32),
    ("Typeform", "tfp_", "[A-Za-z0-9_.=-]", 40),
    ("Vault", r"hv[bsr]\.", _ANY, 24),
    ("xAI", "xai-", _ALNUM, 40),
    ("Yandex key", "AQVN", _ANY, 32),
    ("Yandex cloud access", "YC", "[A-Za-z0-9_-]", 38),
    ("YouTrack", "perm:", "[A-Za-z0-9.=-]", 20),
)
"""Kind, beginning, alphabet of the rest, and how much of it there is at least."""

_IRREGULAR = (
    ("1Password secret key", r"A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}"),
    ("Airtable", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{40,}"),
    (
        "Authress",
        r"(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[a-z0-9+/_=-]{30,}",
    ),
    ("ClickHouse", r"4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])"),
    ("Discord bot", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"),
    ("Harness", r"[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"),
    ("LaunchDarkly", rf"(?:sdk|mob|api)-{_UUID}"),
    ("Mailchimp", r"[a-f0-9]{32}-us\d{1,2}"),
    ("Mailgun signing key", r"[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}"),
    ("Mapbox", r"[pst]k\.[A-Za-z0-9_-]{50,}\.[A-Za-z0-9_-]{20,}"),
    ("MaxMind", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    ("Plaid", rf"access-(?:sandbox|development|production)-{_UUID}"),
    ("Terraform", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}"),
    ("Vault, older", r"s\.(?=[A-Za-z]*\d)[A-Za-z0-9]{24}(?![A-Za-z0-9])"),
    ("Yandex token", r"t1\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{60,}"),
)
"""Kind, and the whole of it."""

SERVICES = (
    "adafruit|adobe|airtable|algolia|alibaba|artifactory|asana|atlassian|beamer|bintray|bitbucket|"
    "bittrex|cloudflare|codecov|cohere|coinbase|confluence|confluent|contentful|contribsys|datadog|"
    "discord|droneci|dropbox|etsy|facebook|fastly|finicity|finnhub|flickr|freshbooks|gitter|gocardless|"
    "heroku|hubspot|intercom|jfrog|jira|kraken|kucoin|launchdarkly|linear|linked.?in|looker|mailchimp|"
    "mailgun|mapbox|mattermost|meraki|message.?bird|netlify|new.?relic|newyorktimes|nytimes|okta|plaid|"
    "private.?ai|rapidapi|sendbird|sentry|snyk|sonar|squarespace|sumo|telegram|travis|twilio|twitch|"
    "twitter|typeform|xray|yandex|zendesk"
)
"""Names of services whose keys have no shape of their own, as a regular expression."""


def _grouped(patterns: list[str]) -> str:
    """Join alternatives so that a look at one character rules most of them out."""
    groups = groupby(sorted(patterns), key=lambda pattern: pattern[0] if pattern[0].isalnum() else "")
    return "|".join(
        f"{first}(?:{'|'.join(pattern[len(first) :] for pattern in group)})" for first, group in groups
    )


_PATTERNS = {
    **{kind: f"{prefix}{alphabet}{{{least},}}" for kind, prefix, alphabet, least in _PREFIXED},
    **dict(_IRREGULAR),
}
KINDS = tuple(_PATTERNS)
"""Of what there are shapes."""

# What is dotted on goes with it: many tokens are several parts long.
_WHOLE = rf"(?:{_grouped(list(_PATTERNS.values()))})(?:\.[A-Za-z0-9_-]{{7,}})*+=*+"
TOKEN = re.compile(rf"(?<![A-Za-z0-9])(?:{_WHOLE})++")
"""Finds any of them in a word, and those that follow without a break."""
