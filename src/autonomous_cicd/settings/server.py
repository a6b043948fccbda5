"""Options of the server. They are the operator's alone."""

from __future__ import annotations

from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.settings.forms import Words
from autonomous_cicd.settings.kinds import Flag, Number, Text, Token, Whole
from autonomous_cicd.settings.section import Reach, Section, option

__all__ = ["ServerSettings"]

_OPERATOR = Reach.OPERATOR


class ServerSettings(Section):
    """The server: where it listens, who may ask it, and how much it does at once."""

    host: str = option(
        default="127.0.0.1",
        kind=Text("an address or a name of this machine", r"[0-9A-Za-z_.:%-]{1,253}"),
        help="Where it listens. Beyond this machine a `token` is needed.",
        reach=_OPERATOR,
    )
    port: int = option(
        default=8765, kind=Whole(0, 65_535), help="Port it listens at; 0: any that is free.", reach=_OPERATOR
    )
    token: Secret = option(
        default=Secret(""),
        kind=Token(),
        help="Whoever asks anything but to take a webhook must bring it; empty: this machine alone may ask.",
        reach=_OPERATOR,
    )
    allowed_hosts: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of host names"),
        help="Names by which it may be asked, besides those of this machine and its `host`.",
        reach=_OPERATOR,
    )
    workers: int = option(
        default=1, kind=Whole(1, 64), help="Processes that share the port.", reach=_OPERATOR
    )
    at_once: int = option(
        default=2, kind=Whole(1, 64), help="Deliveries that each process works on at once.", reach=_OPERATOR
    )
    tries: int = option(
        default=5,
        kind=Whole(1, 100),
        help="Times a delivery is tried when services do not answer.",
        reach=_OPERATOR,
    )
    max_connections: int = option(
        default=512, kind=Whole(1, 100_000), help="Connections at once, to each process.", reach=_OPERATOR
    )
    connections_per_address: int = option(
        default=64,
        kind=Whole(1, 100_000),
        help="Connections at once of one address; behind a proxy all come from one.",
        reach=_OPERATOR,
    )
    poll: bool = option(
        default=False,
        kind=Flag(),
        help="Whether failed runs are asked for, where no webhook can reach this machine.",
        reach=_OPERATOR,
    )
    poll_seconds: float = option(
        default=60.0, kind=Number(5, 86_400), help="Seconds between two such questions.", reach=_OPERATOR
    )
    repositories: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of repositories as owner/name"),
        help="Repositories that are asked about, besides `integrations.github.repository`.",
        reach=_OPERATOR,
    )
    reports: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of kinds of reports", known=("failure", "security", "weekly")),
        help="Reports that are kept up to date in issues there: `failure` and `security` daily at 2, "
        "`weekly` on Mondays at 6, UTC.",
        reach=_OPERATOR,
    )
