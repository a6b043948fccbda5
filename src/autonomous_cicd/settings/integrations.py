"""Options of the services outside, and of the workflows that run in time."""

from __future__ import annotations

from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.settings.forms import Words
from autonomous_cicd.settings.kinds import (
    Address,
    Choice,
    Cron,
    Flag,
    Letter,
    Maybe,
    Number,
    Size,
    Text,
    Token,
    Whole,
)
from autonomous_cicd.settings.narrow import both, lowest
from autonomous_cicd.settings.section import Change, Reach, Section, option, section
from autonomous_cicd.settings.words import AgentProtocol, LogLevel

__all__ = [
    "AgentSettings",
    "CodegenSettings",
    "DatabaseSettings",
    "DiscordSettings",
    "EmailSettings",
    "GitHubSettings",
    "Integrations",
    "LinearSettings",
    "PrefectConfig",
    "SlackSettings",
    "TaskConfig",
    "TeamsSettings",
    "WebhookSettings",
    "WorkflowConfig",
    "Workflows",
]

_NOTHING = Secret("")


class GitHubSettings(Section):
    """The code host."""

    token: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Token of the code host.",
        aliases=("GITHUB_TOKEN", "GH_TOKEN", "github_token"),
        reach=Reach.DOTENV,
    )
    repository: str = option(
        default="",
        kind=Text("a repository as owner/name", r"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?"),
        help="The project's repository at the code host; empty: as `origin` says.",
        aliases=("GITHUB_REPOSITORY",),
        reach=Reach.DOTENV,
    )
    api_url: str = option(
        default="https://api.github.com",
        kind=Address(),
        help="Where the code host's interface is.",
        aliases=("GITHUB_API_URL",),
        reach=Reach.OPERATOR,
    )
    server_url: str | None = option(
        default=None,
        kind=Maybe(Address()),
        help="Where its repositories are; empty: as `api_url` says.",
        aliases=("GITHUB_SERVER_URL",),
        reach=Reach.OPERATOR,
    )
    app_id: str = option(
        default="",
        kind=Text("the id or the client id of an app", r"[A-Za-z0-9._-]{0,100}"),
        help="A GitHub App to come as; then `token` is not used (extra `github-app`).",
        aliases=("GITHUB_APP_ID",),
        reach=Reach.OPERATOR,
    )
    private_key: Secret = option(
        default=_NOTHING,
        kind=Letter(),
        help="Private key of that app, as PEM; `\\n` may stand for the ends of its lines.",
        aliases=("GITHUB_APP_PRIVATE_KEY",),
        reach=Reach.DOTENV,
    )
    private_key_file: str = option(
        default="",
        kind=Text("the path of a file"),
        help="File with the private key, in place of `private_key`.",
        aliases=("GITHUB_APP_PRIVATE_KEY_FILE",),
        reach=Reach.OPERATOR,
    )
    webhook_secret: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Secret by which its webhooks are known to be genuine; without it none is accepted.",
        aliases=("GITHUB_WEBHOOK_SECRET",),
        reach=Reach.DOTENV,
    )
    enable_webhooks: bool = option(
        default=True, kind=Flag(), help="Whether webhooks are received.", narrow=both
    )
    auto_create_issues: bool = option(
        default=True, kind=Flag(), help="Whether an issue is opened for what cannot be healed.", narrow=both
    )


class LinearSettings(Section):
    """The issue tracker Linear."""

    api_key: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Key of Linear.",
        aliases=("LINEAR_API_KEY",),
        reach=Reach.DOTENV,
    )
    enable_notifications: bool = option(
        default=True, kind=Flag(), help="Whether comments are written.", narrow=both
    )
    auto_update_status: bool = option(
        default=True, kind=Flag(), help="Whether the state of issues is set.", narrow=both
    )


class DatabaseSettings(Section):
    """Where runs are remembered."""

    url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Address of the store, `sqlite:///FILE` or `postgresql://…`; empty: SQLite in `state_dir`.",
        reach=Reach.OPERATOR,
    )
    store_metrics: bool = option(default=True, kind=Flag(), help="Whether measurements are kept.")
    enable_analytics: bool = option(default=True, kind=Flag(), help="Whether trends are computed of them.")
    keep_days: int = option(
        default=90,
        kind=Whole(1, 36_500),
        help="Days after which evidence is removed.",
        reach=Reach.OPERATOR,
    )
    max_size: int = option(
        default=2 * 1024**3,
        kind=Size(),
        help="Size from which on the oldest evidence is removed.",
        reach=Reach.OPERATOR,
    )


class CodegenSettings(Section):
    """The agent service Codegen."""

    org_id: str = option(
        default="",
        kind=Text(),
        help="The organisation.",
        aliases=("CODEGEN_ORG_ID",),
        reach=Reach.DOTENV,
    )
    token: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Token of the agent service.",
        aliases=("CODEGEN_TOKEN", "CODEGEN_API_TOKEN"),
        reach=Reach.DOTENV,
    )
    api_url: str = option(
        default="https://api.codegen.com",
        kind=Address(),
        help="Where the service's interface is.",
        aliases=("CODEGEN_API_BASE_URL",),
        reach=Reach.OPERATOR,
    )
    seconds: float = option(
        default=900.0, kind=Number(1, 86_400), help="Time that one answer may take.", reach=Reach.OPERATOR
    )


class AgentSettings(Section):
    """A program that is asked when the rules are not sure of a cause, and for what no remedy heals."""

    command: tuple[str, ...] = option(
        default=(),
        kind=Words(),
        help="The program and its arguments; `{question}` stands for the question, else it comes last.",
        reach=Reach.OPERATOR,
    )
    protocol: AgentProtocol = option(
        default=AgentProtocol.COMMAND,
        kind=Choice(AgentProtocol),
        help="How it is spoken to: by its arguments, or in the Agent Client Protocol (extra `ai`).",
        reach=Reach.OPERATOR,
    )
    environment: tuple[str, ...] = option(
        default=(),
        kind=Words(),
        help="Variables that it gets besides the harmless ones: its own key, for example.",
        reach=Reach.OPERATOR,
    )
    seconds: float = option(
        default=120.0, kind=Number(1, 3600), help="Time that it may take.", reach=Reach.OPERATOR
    )


class SlackSettings(Section):
    """Messages to Slack."""

    webhook_url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Incoming webhook of the channel; it is a secret.",
        aliases=("SLACK_WEBHOOK_URL",),
        reach=Reach.DOTENV,
    )


class EmailSettings(Section):
    """Messages by e-mail."""

    url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Mail server and recipient as `mailtos://user:password@host?to=address`.",
        reach=Reach.OPERATOR,
    )


class TeamsSettings(Section):
    """Messages to Microsoft Teams."""

    webhook_url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Address of the workflow that posts to the channel; it is a secret.",
        aliases=("TEAMS_WEBHOOK_URL",),
        reach=Reach.DOTENV,
    )


class DiscordSettings(Section):
    """Messages to Discord."""

    webhook_url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Webhook of the channel; it is a secret.",
        aliases=("DISCORD_WEBHOOK_URL",),
        reach=Reach.DOTENV,
    )


class WebhookSettings(Section):
    """Messages to a program of one's own."""

    url: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Address that gets each message as JSON, by POST; it may be a secret.",
        reach=Reach.OPERATOR,
    )


class Integrations(Section):
    """The services outside."""

    github: GitHubSettings = section(default=GitHubSettings, help="The code host.")
    linear: LinearSettings = section(default=LinearSettings, help="The issue tracker Linear.")
    database: DatabaseSettings = section(default=DatabaseSettings, help="Where runs are remembered.")
    codegen: CodegenSettings = section(default=CodegenSettings, help="The agent service Codegen.")
    agent: AgentSettings = section(
        default=AgentSettings, help="A program that is asked about causes, and for changes."
    )
    slack: SlackSettings = section(default=SlackSettings, help="Messages to Slack.")
    email: EmailSettings = section(default=EmailSettings, help="Messages by e-mail.")
    teams: TeamsSettings = section(default=TeamsSettings, help="Messages to Microsoft Teams.")
    discord: DiscordSettings = section(default=DiscordSettings, help="Messages to Discord.")
    webhook: WebhookSettings = section(default=WebhookSettings, help="Messages to a program of one's own.")


class PrefectConfig(Section):
    """The engine that runs workflows in time; without it they run in our own process."""

    api_key: Secret = option(
        default=_NOTHING,
        kind=Token(),
        help="Key of Prefect.",
        aliases=("PREFECT_API_KEY",),
        reach=Reach.DOTENV,
    )
    workspace: str = option(
        default="",
        kind=Text(),
        help="The workspace, `account/workspace`.",
        aliases=("PREFECT_WORKSPACE",),
        reach=Reach.DOTENV,
    )
    api_url: str | None = option(
        default=None,
        kind=Maybe(Address()),
        help="Where its server is; empty: no Prefect.",
        aliases=("PREFECT_API_URL",),
        reach=Reach.OPERATOR,
    )
    logging_level: LogLevel = option(
        default=LogLevel.INFO,
        kind=Choice(LogLevel),
        help="From which severity on it logs.",
        aliases=("PREFECT_LOGGING_LEVEL",),
    )
    work_pool: str = option(
        default="default-agent-pool",
        kind=Text("a name", r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
        help="Work pool that its workers serve.",
        reach=Reach.OPERATOR,
    )


class TaskConfig(Section):
    """How a workflow's own tasks are repeated."""

    retries: int = option(
        default=3, kind=Whole(0, 100), help="Times a failed task is tried again.", narrow=lowest
    )
    retry_delay_seconds: float = option(
        default=30.0, kind=Number(0, 86_400), help="Seconds before the first repetition; then twice as long."
    )
    timeout_minutes: float = option(
        default=30.0, kind=Number(0.01, 10_000), help="Minutes after which a task is ended.", narrow=lowest
    )


class WorkflowConfig(Section):
    """When a workflow runs."""

    enabled: bool = option(default=True, kind=Flag(), help="Whether it runs at all.", narrow=both)
    schedule: str = option(
        default="", kind=Cron(), help="When it runs, in UTC; empty: only when it is asked for."
    )
    timeout_minutes: float = option(
        default=60.0, kind=Number(0.01, 10_000), help="Minutes after which it is ended.", narrow=lowest
    )
    task: TaskConfig = section(default=TaskConfig, help="How its tasks are repeated.")


def _at(schedule: str, *aliases: str) -> dict[str, Change]:
    return {"schedule": Change(schedule, aliases)}


class Workflows(Section):
    """The workflows that run in time."""

    concurrency: int = option(
        default=5, kind=Whole(1, 1000), help="Workflows under way at once.", narrow=lowest
    )
    maintenance: WorkflowConfig = section(
        default=WorkflowConfig,
        help="Analyses the code, fixes what it may, updates, measures.",
        changes=_at("0 2 * * *", "MAINTENANCE_SCHEDULE", "maintenance_schedule"),
    )
    security_scan: WorkflowConfig = section(
        default=WorkflowConfig,
        help="Looks for vulnerable dependencies.",
        changes=_at("0 */6 * * *", "SECURITY_SCAN_SCHEDULE", "security_scan_schedule"),
    )
    dependency_update: WorkflowConfig = section(
        default=WorkflowConfig, help="Updates dependencies.", changes=_at("0 6 * * 1")
    )
    performance_optimization: WorkflowConfig = section(
        default=WorkflowConfig, help="Watches performance.", changes=_at("*/30 * * * *")
    )
    autonomous_cicd: WorkflowConfig = section(
        default=WorkflowConfig,
        help="The main flow: looks for events and handles them.",
        changes=_at("*/15 * * * *"),
    )
    system_health: WorkflowConfig = section(
        default=WorkflowConfig, help="Checks services and the machine.", changes=_at("*/5 * * * *")
    )
    failure_analysis: WorkflowConfig = section(
        default=WorkflowConfig, help="Heals a failed run; the failure itself starts it."
    )
    component_analysis: WorkflowConfig = section(
        default=WorkflowConfig, help="Analyses a component; an issue or a person starts it."
    )
