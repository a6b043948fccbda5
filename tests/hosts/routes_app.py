"""What our own GitHub answers to an app: who it is, where it is installed, a token for an hour."""

from __future__ import annotations

import jwt
from tests.hosts.routes import Call, Missing, Refused, paged, route, told
from tests.hosts.serving import Reply, answer
from tests.hosts.shapes import stamp
from tests.hosts.state import Account

__all__ = ["app_of"]


def app_of(token: str, key: str, app: str, now: float) -> Account | None:
    """Return the app when a token is a JWT that its key has signed and that holds."""
    if token.count(".") != 2 or not key:
        return None
    try:
        claims = jwt.decode(
            token, key, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.PyJWTError:
        return None
    fits = str(claims["iss"]) == app and claims["iat"] <= now < claims["exp"] <= claims["iat"] + 660
    return Account(f"{app}[bot]", "app") if fits else None


def _as_app(call: Call) -> None:
    if call.account.kind != "app":
        raise Refused(401, "A JSON web token could not be decoded")


@route("GET", r"/app")
def app(call: Call) -> Reply:
    _as_app(call)
    slug = call.host.app_slug
    value = {
        "id": 1,
        "slug": slug,
        "node_id": "A_1",
        "owner": call.shapes.user("octo"),
        "name": slug,
        "description": None,
        "external_url": call.shapes.site,
        "html_url": call.shapes.site,
        "created_at": stamp(0),
        "updated_at": stamp(0),
        "permissions": {"contents": "write"},
        "events": ["workflow_run"],
    }
    return answer(value)


def _installation(call: Call) -> dict[str, object]:
    place = f"{call.shapes.url}/app/installations/1"
    return {
        "id": 1,
        "account": call.shapes.user("octo"),
        "repository_selection": "selected",
        "access_tokens_url": f"{place}/access_tokens",
        "repositories_url": f"{call.shapes.url}/installation/repositories",
        "html_url": place,
        "app_id": 1,
        "app_slug": call.host.app_slug,
        "target_id": 1,
        "target_type": "User",
        "permissions": {"contents": "write"},
        "events": ["workflow_run"],
        "created_at": stamp(0),
        "updated_at": stamp(0),
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


@route("GET", r":repo/installation")
def installation(call: Call, name: str) -> Reply:
    _as_app(call)
    if name.lower() not in call.host.installed:
        raise Missing
    return answer(_installation(call))


@route("POST", r"/app/installations/1/access_tokens")
def access_token(call: Call) -> Reply:
    _as_app(call)
    wanted = (call.asked.json or {}).get("repositories")
    owner = next(iter(sorted(call.host.installed)), "octo/x").split("/")[0]
    reached = {f"{owner}/{one}".lower() for one in wanted} if wanted else set(call.host.installed)
    if not reached <= call.host.installed:
        raise Refused(422, "There is at least one repository that does not exist or is not accessible")
    token = f"ghs_installation{call.new_id()}"
    login = f"{call.host.app_slug}[bot]"
    account = Account(login, "installation", repositories=frozenset(reached))
    ends = call.now + call.host.token_seconds
    call.host.grant(token, account, until=ends)
    return answer({"token": token, "expires_at": stamp(ends)}, 201)


@route("GET", r"/app/hook/deliveries")
def app_deliveries(call: Call) -> Reply:
    _as_app(call)
    items = [one for of in call.host.repositories.values() for one in of.deliveries]
    return paged(call, sorted(items, key=lambda one: -one["id"]), lambda one: one)


@route("GET", r"/app/hook/deliveries/(\d+)")
def app_delivery(call: Call, id: str) -> Reply:
    _as_app(call)
    return told([one for of in call.host.repositories.values() for one in of.deliveries], id)


@route("POST", r"/app/hook/deliveries/(\d+)/attempts")
def app_redeliver(call: Call, id: str) -> Reply:
    _as_app(call)
    for of in call.host.repositories.values():
        for one in of.deliveries:
            if one["id"] == int(id):
                call.host.redelivered.append(one["guid"])
                call.host.redeliver(one)
                return answer({}, 202)
    raise Missing


@route("GET", r"/installation/repositories")
def reached(call: Call) -> Reply:
    names = sorted(call.account.repositories or call.host.repositories)
    shown = [call.repository(one) for one in names]
    return paged(call, shown, call.shapes.repository, "repositories")
