"""Who may decide: every pool's people and user groups, as Slack knows them."""

import asyncio
from collections.abc import Collection, Iterator, Mapping

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.findings import Finding, Findings, failure, fine, warning
from bot.gifts.model.approval_rules import Rules
from bot.gifts.model.errors import GiftbotError
from bot.gifts.model.people import Person, is_group, is_person
from bot.settings import Settings
from bot.tools.doctor.diagnosis import slack_failed
from handlers.slack_api.directory import SlackDirectory
from handlers.slack_api.remedies import BOT_TOKEN
from handlers.slack_api.responses import classify

_MOST_NAMED = 10
_REMEDIES = {
    "no_such_subteam": "Mend the id in giftbot.toml: Slack shows it in the address of the group's page, S012AB3CD.",
    "plan_upgrade_required": "User groups need a paid plan of Slack: name people in giftbot.toml instead.",
}


async def check(client: AsyncWebClient, directory: SlackDirectory, settings: Settings) -> Findings:
    """Whether those are there whom the rules need."""
    policy = settings.policy(whole_amounts=False)
    about_groups, groups = await _groups(client, sorted(policy.groups))
    named = {one for pool in policy.rules.pools.values() for one in pool if is_person(one)}
    try:
        people = await directory.look_up(named)
    except GiftbotError:
        remedy = "Check the scope users:read, and try again in a minute."
        return [*about_groups, warning("Approvers", "Slack does not say who they are", remedy)]
    findings = [*about_groups]
    for name, pool in policy.rules.pools.items():
        in_file = name in settings.giftbot_config.pools
        what, where = (f"Pool {name}", "giftbot.toml") if in_file else ("Approvers", "GIFTBOT_APPROVERS")
        listed = sorted((people[one] for one in pool if is_person(one)), key=lambda person: str(person.name))
        others = {member for one in pool if is_group(one) for member in groups[one]} - {*pool}
        able = [str(person.name) for person in listed if not person.standing.value]
        verdict = _verdict(what, able, len(others), _needed(name, policy.rules), f"Add another one to {where}.")
        findings += [verdict, *_barred(what, listed, f"Take them out of {where}, or mend the id.")]
    return findings


async def _groups(client: AsyncWebClient, ids: Collection[str]) -> tuple[Findings, Mapping[str, Collection[str]]]:
    """What is wrong with the user groups, and who is in each; nobody where Slack does not say."""
    answers = await asyncio.gather(*(classify(client.usergroups_users_list(usergroup=group)) for group in ids))
    findings: list[Finding] = []
    members: dict[str, Collection[str]] = {}
    for group, answer in zip(ids, answers, strict=True):
        what = f"Group {group}"
        if not isinstance(answer, AsyncSlackResponse):
            findings.append(slack_failed(what, answer, client.base_url, BOT_TOKEN, _REMEDIES))
        elif not answer["users"]:
            remedy = "Add people to it in Slack, or take it out of giftbot.toml."
            findings.append(warning(what, "nobody is in it", remedy))
        members[group] = answer["users"] if isinstance(answer, AsyncSlackResponse) else ()
    return findings, members


def _barred(what: str, people: Collection[Person], remedy: str) -> Iterator[Finding]:
    """Who is named and cannot decide."""
    for person in people:
        if why := person.standing.value:
            yield warning(what, str(why.fill(who=f"{person.name} ({person.id})")), remedy)


def _verdict(what: str, able: Collection[str], others: int, needed: int, remedy: str) -> Finding:
    """Whether so many named people, and others of user groups, are enough for the steps that ask them."""
    count, who = len(able) + others, _listed(able, others)
    if not count:
        return failure(what, "nobody can approve", remedy)
    if count < needed:
        return failure(what, f"only {who}, and a step needs {needed}", remedy)
    if count == needed:
        whose = who if len(able) == count == 1 else "one of them"
        return warning(what, f"only {who}: nobody could approve what {whose} asks for or receives", remedy)
    return fine(what, who)


def _needed(name: str, rules: Rules) -> int:
    """How many different people of a pool its steps ask for, at most in one of them."""
    return max((step.count for rule in rules.listed for step in rule.steps if step.pool == name), default=0)


def _listed(names: Collection[str], others: int) -> str:
    shown = [*names][:_MOST_NAMED]
    if rest := len(names) - len(shown) + others:
        shown.append(f"{rest} other{'s' if rest > 1 else ''}" if shown else f"{rest} of user groups")
    return ", ".join(shown)
