"""Options of notices: who is told, of what, and when."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import NotificationChannel, NotificationType
from autonomous_cicd.settings.forms import Words
from autonomous_cicd.settings.kinds import Choice, Number, Text
from autonomous_cicd.settings.narrow import common, highest, within
from autonomous_cicd.settings.section import Reach, Section, option, section

__all__ = ["ChannelRule", "ChannelRules", "NotificationSettings"]

_REPOSITORY = r"[A-Za-z0-9_.*-]{1,100}/[A-Za-z0-9_.*-]{1,100}"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"


class ChannelRule(Section):
    """What goes to a channel."""

    types: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of kinds of notices", known=tuple(NotificationType)),
        help="Kinds of notices that go there; empty: all.",
        narrow=common,
    )
    severity: Severity = option(
        default=Severity.LOW,
        kind=Choice(Severity),
        help="Least severity of what goes there.",
        narrow=highest,
    )
    repositories: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of repositories as owner/name, `*` for any part", pattern=_REPOSITORY),
        help="Repositories of which is told there, `*` stands for any part of a name; empty: all.",
        narrow=common,
    )


class ChannelRules(Section):
    """What goes to which channel."""

    slack: ChannelRule = section(default=ChannelRule, help="What goes to Slack.")
    email: ChannelRule = section(default=ChannelRule, help="What goes out by e-mail.")
    teams: ChannelRule = section(default=ChannelRule, help="What goes to Microsoft Teams.")
    discord: ChannelRule = section(default=ChannelRule, help="What goes to Discord.")
    webhook: ChannelRule = section(default=ChannelRule, help="What goes to a program of one's own.")


class NotificationSettings(Section):
    """Who is told, of what, and when."""

    channels: tuple[str, ...] = option(
        default=(),
        kind=Words("a list of channels", known=tuple(NotificationChannel)),
        help="Where notices go; empty: nowhere. In `github` and `linear` it is told in issues already.",
        narrow=within,
    )
    rules: ChannelRules = section(default=ChannelRules, help="What goes to which channel.")
    quiet_hours: str = option(
        default="",
        kind=Text(
            "hours of the day in UTC, like 22:00-06:00", r"(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?"
        ),
        help="Hours of the day, in UTC, in which only critical notices are sent: `22:00-06:00`. "
        "The others follow afterwards, in one message.",
        reach=Reach.OPERATOR,
    )
    window: float = option(
        default=3600.0,
        kind=Number(0, 2_592_000),
        help="Seconds in which the same is not told again.",
        narrow=highest,
    )
    group: float = option(
        default=30.0,
        kind=Number(0, 86_400),
        help="Seconds for which a notice waits for others, to be told with them in one message.",
        narrow=highest,
    )
