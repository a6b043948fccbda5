"""What GitHub answers, with every field that its description calls required."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.hosts.state import NOBODY, Account, Entry, Job, Remark, Repository, Run

__all__ = ["Shape", "Shapes", "stamp"]

Shape = dict[str, Any]

_USER = (
    "avatar events followers following{/other_user} gists{/gist_id} organizations received_events repos"
    " starred{/owner}{/repo} subscriptions"
)
_REPOSITORY = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors"
    " deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events"
    " issues keys labels languages merges milestones notifications pulls releases stargazers statuses"
    " subscribers subscription tags teams trees"
)


def stamp(seconds: float) -> str:
    """Return a time as GitHub writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shapes:
    """Makes answers of what is remembered."""

    def __init__(self, url: str, site: str) -> None:
        self.url = url
        self.site = site

    def user(self, login: str) -> Shape:
        place = f"{self.url}/users/{login}"
        urls = {f"{one.partition('{')[0]}_url": f"{place}/{one}" for one in _USER.split()}
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {
            **urls,
            "login": login,
            "id": 1 + sum(login.encode()),
            "node_id": f"U_{login}",
            "gravatar_id": "",
            "html_url": f"{self.site}/{login}",
            "url": place,
            "type": kind,
            "site_admin": False,
        }

    def whole_user(self, account: Account) -> Shape:
        counts = "followers following public_gists public_repos"
        texts = "bio blog company email hireable location name"
        return {
            **self.user(account.login),
            **dict.fromkeys(counts.split(), 0),
            **dict.fromkeys(texts.split()),
            "blog": "",
            "created_at": stamp(0),
            "updated_at": stamp(0),
        }

    def repository(self, one: Repository) -> Shape:
        owner, name = one.name.split("/")
        place = f"{self.url}/repos/{one.name}"
        urls = {f"{word}_url": f"{place}/{word}" for word in _REPOSITORY.split()}
        return {
            **urls,
            "id": one.id,
            "node_id": f"R_{one.id}",
            "name": name,
            "full_name": one.name,
            "owner": self.user(owner),
            "private": one.private,
            "html_url": f"{self.site}/{one.name}",
            "description": None,
            "fork": bool(one.fork_of),
            "url": place,
        }

    def whole_repository(self, one: Repository) -> Shape:
        counts = (
            "forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count"
            " network_count subscribers_count"
        )
        flags = "has_issues has_projects has_wiki has_pages has_downloads has_discussions archived disabled"
        return {
            **self.repository(one),
            **dict.fromkeys(counts.split(), 0),
            **dict.fromkeys(flags.split(), False),
            **dict.fromkeys(("homepage", "language", "mirror_url", "license")),
            "has_issues": True,
            "default_branch": one.default_branch,
            "clone_url": f"{self.site}/{one.name}.git",
            "git_url": f"git://nowhere/{one.name}.git",
            "ssh_url": f"git@nowhere:{one.name}.git",
            "svn_url": f"{self.site}/{one.name}",
            "pushed_at": stamp(0),
            "created_at": stamp(0),
            "updated_at": stamp(0),
        }

    def run(self, run: Run, of: Repository, head: Repository | None, attempt: int = 0) -> Shape:
        place = f"{self.url}/repos/{run.repository}/actions/runs/{run.id}"
        status, conclusion = run.past.get(attempt, (run.status, run.conclusion))
        words = ("jobs", "logs", "cancel", "rerun", "artifacts")
        return {
            **{f"{word}_url": f"{place}/{word}" for word in words},
            "id": run.id,
            "name": run.name,
            "node_id": f"WFR_{run.id}",
            "head_branch": run.branch,
            "head_sha": run.commit,
            "path": run.path,
            "display_title": "Change",
            "run_number": run.number,
            "event": run.event,
            "status": status,
            "conclusion": conclusion,
            "workflow_id": self.workflow_id(run.path),
            "check_suite_id": run.id,
            "check_suite_node_id": f"CS_{run.id}",
            "url": place,
            "html_url": f"{self.site}/{run.repository}/actions/runs/{run.id}",
            "pull_requests": [
                self._small_pull(of.entries[one], of) for one in run.pulls if one in of.entries
            ],
            "created_at": stamp(run.created),
            "updated_at": stamp(run.updated),
            "actor": self.user(run.actor),
            "triggering_actor": self.user(run.actor),
            "run_attempt": attempt or run.attempt,
            "run_started_at": stamp(run.created),
            "check_suite_url": f"{self.url}/repos/{run.repository}/check-suites/{run.id}",
            "workflow_url": f"{self.url}/repos/{run.repository}/actions/workflows/1",
            "previous_attempt_url": None,
            "referenced_workflows": [],
            "head_commit": {
                "id": run.commit,
                "tree_id": NOBODY,
                "message": "Change",
                "timestamp": stamp(run.created),
                "author": {"name": "Ada", "email": "ada@example.org"},
                "committer": {"name": "Ada", "email": "ada@example.org"},
            },
            "repository": self.repository(of),
            "head_repository": self.repository(head) if head else None,
        }

    @staticmethod
    def workflow_id(path: str) -> int:
        return 1000 + sum(path.encode())

    def workflow(self, repository: str, name: str, path: str) -> Shape:
        place = f"{self.url}/repos/{repository}/actions/workflows/{self.workflow_id(path)}"
        return {
            "id": self.workflow_id(path),
            "node_id": "W_1",
            "name": name,
            "path": path,
            "state": "active",
            "created_at": stamp(0),
            "updated_at": stamp(0),
            "url": place,
            "html_url": place,
            "badge_url": place,
        }

    def job(self, job: Job, run: Run) -> Shape:
        place = f"{self.url}/repos/{run.repository}/actions/jobs/{job.id}"
        return {
            "id": job.id,
            "run_id": run.id,
            "workflow_name": run.name,
            "head_branch": run.branch,
            "run_url": f"{self.url}/repos/{run.repository}/actions/runs/{run.id}",
            "run_attempt": job.attempt,
            "node_id": f"CR_{job.id}",
            "head_sha": run.commit,
            "url": place,
            "html_url": f"{self.site}/{run.repository}/actions/runs/{run.id}/job/{job.id}",
            "status": job.status,
            "conclusion": job.conclusion,
            "created_at": stamp(job.started),
            "started_at": stamp(job.started),
            "completed_at": stamp(job.ended) if job.status == "completed" else None,
            "name": job.name,
            "steps": [
                {
                    "name": name,
                    "number": number,
                    "status": "completed" if conclusion else "in_progress",
                    "conclusion": conclusion,
                    "started_at": stamp(job.started),
                    "completed_at": stamp(job.ended),
                }
                for number, (name, conclusion) in enumerate(job.steps, 1)
            ],
            "check_run_url": f"{self.url}/repos/{run.repository}/check-runs/{job.id}",
            "labels": list(job.labels),
            "runner_id": 1,
            "runner_name": "runner",
            "runner_group_id": 1,
            "runner_group_name": "Default",
        }

    def label(self, name: str, of: str, known: dict[str, str] | None = None) -> Shape:
        known = known or {}
        return {
            "id": 1 + sum(name.encode()),
            "node_id": f"LA_{name}",
            "url": f"{self.url}/repos/{of}/labels/{name}",
            "name": name,
            "color": known.get("color", "ededed"),
            "default": False,
            "description": known.get("description", ""),
        }

    def issue(self, entry: Entry, of: Repository) -> Shape:
        place = f"{self.url}/repos/{of.name}/issues/{entry.number}"
        pull = f"{self.url}/repos/{of.name}/pulls/{entry.number}"
        return {
            **({"pull_request": dict.fromkeys(_LINKS, pull)} if entry.head else {}),
            **dict.fromkeys(("assignee", "milestone", "closed_by", "state_reason")),
            "id": entry.id,
            "node_id": f"I_{entry.id}",
            "url": place,
            "repository_url": f"{self.url}/repos/{of.name}",
            "labels_url": f"{place}/labels{{/name}}",
            "comments_url": f"{place}/comments",
            "events_url": f"{place}/events",
            "html_url": f"{self.site}/{of.name}/{'pull' if entry.head else 'issues'}/{entry.number}",
            "number": entry.number,
            "title": entry.title,
            "body": entry.body or None,
            "user": self.user(entry.author),
            "labels": [self.label(name, of.name, of.labels.get(name)) for name in entry.labels],
            "state": entry.state,
            "locked": False,
            "assignees": [],
            "comments": len(entry.comments),
            "created_at": stamp(entry.created),
            "updated_at": stamp(entry.updated),
            "closed_at": None if entry.state == "open" else stamp(entry.updated),
            "author_association": "NONE",
        }

    def comment(self, remark: Remark, number: int, of: str) -> Shape:
        return {
            "id": remark.id,
            "node_id": f"IC_{remark.id}",
            "url": f"{self.url}/repos/{of}/issues/comments/{remark.id}",
            "html_url": f"{self.site}/{of}/issues/{number}#issuecomment-{remark.id}",
            "body": remark.body,
            "user": self.user(remark.author),
            "created_at": stamp(remark.created),
            "updated_at": stamp(remark.created),
            "issue_url": f"{self.url}/repos/{of}/issues/{number}",
            "author_association": "NONE",
        }

    def pull(self, entry: Entry, of: Repository, head: Repository | None, *, whole: bool = True) -> Shape:
        place = f"{self.url}/repos/{of.name}/pulls/{entry.number}"
        issue = self.issue(entry, of)
        kept = "number title body user labels state locked created_at updated_at closed_at milestone assignee"
        commit = (head.head(entry.head) if head else "") or entry.head_commit
        words = ("diff", "patch")
        end = stamp(entry.updated) if entry.merged else None
        shape = {
            **{name: issue[name] for name in kept.split()},
            **{f"{word}_url": f"{self.site}/{of.name}/pull/{entry.number}.{word}" for word in words},
            "id": entry.id,
            "node_id": f"PR_{entry.id}",
            "url": place,
            "html_url": issue["html_url"],
            "issue_url": issue["url"],
            "commits_url": f"{place}/commits",
            "review_comments_url": f"{place}/comments",
            "review_comment_url": f"{place}/comments{{/number}}",
            "comments_url": issue["comments_url"],
            "statuses_url": f"{self.url}/repos/{of.name}/statuses/{commit}",
            "merged_at": end,
            "merge_commit_sha": None,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "draft": False,
            "author_association": "NONE",
            "auto_merge": None,
            "head": self._end(entry.head, commit, head, entry.head_repository),
            "base": self._end(entry.base, of.head(entry.base) or NOBODY, of, of.name),
            "_links": {word: {"href": place} for word in _PULL_LINKS},
        }
        if whole:
            counts = "comments review_comments commits additions deletions changed_files"
            shape |= dict.fromkeys(counts.split(), 1)
            shape |= {
                "merged": entry.merged,
                "mergeable": True,
                "rebaseable": True,
                "mergeable_state": "clean",
            }
            shape |= {"merged_by": self.user(of.name.split("/")[0]) if entry.merged else None}
            shape |= {"maintainer_can_modify": False}
        return shape

    def _end(self, branch: str, commit: str, of: Repository | None, name: str) -> Shape:
        owner = name.split("/")[0]
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": commit,
            "user": self.user(owner),
            "repo": self.whole_repository(of) if of else None,
        }

    def _small_pull(self, entry: Entry, of: Repository) -> Shape:
        small = {"id": of.id, "url": f"{self.url}/repos/{of.name}", "name": of.name.split("/")[1]}
        return {
            "id": entry.id,
            "number": entry.number,
            "url": f"{self.url}/repos/{of.name}/pulls/{entry.number}",
            "head": {"ref": entry.head, "sha": entry.head_commit, "repo": small},
            "base": {"ref": entry.base, "sha": of.head(entry.base), "repo": small},
        }

    def commit(self, of: Repository, id: str, files: Sequence[Shape] | None = None) -> Shape:
        form = "--format=%an%x00%ae%x00%at%x00%B%x00%T%x00%P"
        name, mail, at, message, tree, parents = of.ask("show", "-s", form, id).split("\0")
        place = f"{self.url}/repos/{of.name}/commits/{id}"
        person = {"name": name, "email": mail, "date": stamp(float(at))}
        return {
            "sha": id,
            "node_id": f"C_{id}",
            "url": place,
            "html_url": f"{self.site}/{of.name}/commit/{id}",
            "comments_url": f"{place}/comments",
            "commit": {
                "url": place,
                "author": person,
                "committer": person,
                "message": message.rstrip("\n"),
                "comment_count": 0,
                "tree": {"sha": tree, "url": f"{self.url}/repos/{of.name}/git/trees/{tree}"},
            },
            "author": None,
            "committer": None,
            "parents": [{"sha": one, "url": place, "html_url": place} for one in parents.split()],
            **({"files": list(files)} if files is not None else {}),
        }


_PULL_LINKS = (
    "self",
    "html",
    "issue",
    "comments",
    "review_comments",
    "review_comment",
    "commits",
    "statuses",
)
_LINKS = ("url", "html_url", "diff_url", "patch_url")
