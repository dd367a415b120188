"""OUT: the rules in force, in plain words: who may ask for what, who decides, out of which budgets, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from babel.dates import format_time, get_day_names
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.gifts.model.approval_rules import Rule, Step
from bot.gifts.model.budget import Budget, Per, Period
from bot.gifts.model.business_hours import BusinessHours, EscalationDelays
from bot.gifts.model.locales import babel_locale
from bot.gifts.model.people import Roster
from bot.gifts.model.policy import Policy
from bot.gifts.model.text import ListOf, Part, Words, say, say_many, sentences
from handlers.blocks.block_kit import as_json
from handlers.blocks.bounds import LONGEST_TEXT, LONGEST_TITLE, cut, shortened
from handlers.blocks.components import context, escaped, section, some
from handlers.localization import Language, mention

_MOST_BLOCKS = 50  # Slack takes so many in a message


@dataclass(frozen=True, slots=True)
class _Weekday:
    """A day of the week, Monday as 0, as a reader names it."""

    number: int

    def format(self, locale: str) -> str:
        name: str = get_day_names("wide", "stand-alone", babel_locale(locale))[self.number]
        return name


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day, as a reader writes it."""

    at: time

    def format(self, locale: str) -> str:
        return format_time(self.at, "short", locale=babel_locale(locale))


@dataclass(frozen=True, slots=True)
class _Country:
    """A country, with a region of it as its code says, as a reader names it."""

    code: str

    def format(self, locale: str) -> str:
        country, _, region = self.code.partition("-")
        name: str = babel_locale(locale).territories.get(country, country)
        return f"{name} ({region})" if region else name


_AN_AMOUNT = {
    Per.REQUESTER: say("{amount} for each person who asks"),
    Per.RECIPIENT: say("{amount} for each person who receives"),
    Per.PAIR: say("{amount} from one person to another"),
    Per.COST_CENTRE: say("{amount} for each cost centre"),
    Per.COMPANY: say("{amount} for the whole company"),
}
_EVERY = {
    Period.MONTH: say("{amount}, each month"),
    Period.QUARTER: say("{amount}, each quarter"),
    Period.YEAR: say("{amount}, each year"),
}


def settings_title(language: Language) -> str:
    """What notifications and screen readers show of `settings_blocks`."""
    return language.say("The rules for gifts")


def settings_view(policy: Policy, patience: EscalationDelays, roster: Roster, language: Language) -> dict[str, Any]:
    """The same in a modal."""
    blocks = _blocks(policy, patience, roster, language)
    title, close = cut(settings_title(language), LONGEST_TITLE), cut(language.say("Close"), LONGEST_TITLE)
    return View(type="modal", title=title, close=close, blocks=blocks).to_dict()


def settings_blocks(
    policy: Policy, patience: EscalationDelays, roster: Roster, language: Language
) -> list[dict[str, Any]]:
    """The whole policy, as far as a message can hold it."""
    return as_json(_blocks(policy, patience, roster, language))


def _blocks(policy: Policy, patience: EscalationDelays, roster: Roster, language: Language) -> list[Block]:
    chapters = (
        (say("*Who may ask, and for what*"), _asking(policy, language)),
        (say("*Who decides* (the first rule that fits)"), _deciding(policy, language)),
        (say("*Approvers*"), _approvers(policy, roster)),
        (say("*Budgets*"), map(_budget, policy.budgets)),
        (say("*Waiting*"), _waiting(policy, patience)),
        (say("*Announcements*"), _announcing(policy)),
    )
    paragraphs = [
        paragraph
        for title, every in chapters
        if (lines := [shortened(f"• {language.render(words)}") for words in every])
        for paragraph in _paragraphs([language.render(title), *lines])
    ]
    blocks: list[Block] = [section(text) for text in paragraphs]
    if len(blocks) <= _MOST_BLOCKS:
        return blocks
    rest = language.say("There is more than Slack shows here. Those who run giftbot have all of it, in giftbot.toml.")
    return [*blocks[: _MOST_BLOCKS - 1], context(rest)]


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines, as many together as one block holds."""
    paragraph = lines[0]
    for line in lines[1:]:
        if len(paragraph) + len(line) < LONGEST_TEXT:
            paragraph += f"\n{line}"
        else:
            yield paragraph
            paragraph = line
    yield paragraph


# ---------------------------------------------------------------- the chapters, line by line


def _asking(policy: Policy, language: Language) -> Iterator[Words]:
    yield say("{people} may ask.", people=_people(policy.may_ask)) if policy.may_ask else say("Everybody may ask.")
    largest = [money for _, money in sorted(policy.largest.items())]
    yield say("The largest gift is {amounts} for each person.", amounts=_either(largest))
    yield say("Gifts can be spent in {countries}.", countries=_countries(policy.countries, language))
    if policy.cost_centres:
        yield say("Each request names a cost centre: {names}.", names=_names(policy.cost_centres, with_or=True))
    if days := policy.counts_together.days:
        yield say_many(
            "What one person gives another within {count} day counts together for the rules.",
            "What one person gives another within {count} days counts together for the rules.",
            days,
        )


def _deciding(policy: Policy, language: Language) -> Iterator[Words]:
    for number, rule in enumerate(policy.rules.listed, start=1):
        if not rule.name:
            yield _way(rule)
            continue
        parts: dict[str, Part] = {"number": number, "rule": escaped(rule.name), "way": _way(rule)}
        if conditions := tuple(_conditions(rule, language)):
            yield say("{number}. *{rule}* ({conditions}): {way}", conditions=ListOf(conditions), **parts)
        else:
            yield say("{number}. *{rule}* (all other gifts): {way}", **parts)


def _conditions(rule: Rule, language: Language) -> Iterator[Words]:
    if rule.up_to is not None:
        yield say("up to {amounts} in total", amounts=_either([money for _, money in sorted(rule.up_to.items())]))
    if rule.requesters:
        yield say("asked for by {people}", people=_people(rule.requesters))
    if rule.countries:
        yield say("spent in {countries}", countries=_countries(rule.countries, language))
    if rule.cost_centres:
        yield say("paid by the cost centre {names}", names=_names(rule.cost_centres, with_or=True))


def _way(rule: Rule) -> Words:
    """The steps of a rule, one sentence each, and who hears of them."""
    if not rule.steps:
        approved = say("Approved at once.")
        return (
            sentences([approved, say("{people} hear of it.", people=_people(rule.notify))]) if rule.notify else approved
        )
    every: list[Words] = []
    for number, step in enumerate(rule.steps, start=1):
        every.append(
            _step(step) if len(rule.steps) == 1 else say("Step {number}: {step}", number=number, step=_step(step))
        )
        if step.notify:
            every.append(say("Told: {people}.", people=_people(step.notify)))
        if step.backup:
            every.append(say("If nobody decides in time: {people}.", people=_people(step.backup)))
    return sentences(every)


def _step(step: Step) -> Words:
    return say_many(
        "{count} person of “{pool}” approves.",
        "{count} different people of “{pool}” approve.",
        step.count,
        pool=escaped(step.pool),
    )


def _approvers(policy: Policy, roster: Roster) -> Iterator[Words]:
    for name, pool in policy.rules.pools.items():
        yield say("“{pool}”: {people}", pool=escaped(name), people=_people(pool))
    for person, deputy in sorted(roster.stand_ins.items()):
        yield say("{person} is away, and {deputy} decides.", person=mention(person), deputy=mention(deputy))
    yield say("Nobody approves what they ask for or receive, and nobody approves twice.")


def _budget(budget: Budget) -> Words:
    caps = [money for _, money in sorted(budget.caps.items())]
    amount = _EVERY[budget.every].fill(amount=_AN_AMOUNT[budget.per].fill(amount=_either(caps)))
    parts: dict[str, Part] = {"budget": escaped(budget.name), "amount": amount}
    if not budget.only:
        return say("*{budget}*: {amount}.", **parts)
    only = some([_subject(budget.per, subject) for subject in budget.only])
    return say("*{budget}*: {amount}. Only for {only}.", only=only, **parts)


def _subject(per: Per, subject: str) -> str:
    return mention(subject) if per in {Per.REQUESTER, Per.RECIPIENT} else escaped(subject)


def _waiting(policy: Policy, patience: EscalationDelays) -> Iterator[Words]:
    hours = patience.hours
    yield say("After {time} those who can decide are reminded.", time=_working(patience.remind, hours))
    yield say("After {time} the backup hears of it, where there is one.", time=_working(patience.call_backup, hours))
    yield say("After {time} a request expires, and its requester is told.", time=_working(patience.expire, hours))
    days = ListOf(tuple(_Weekday(number) for number in sorted(hours.days)))
    yield say(
        "Working time is {days}, {opens} to {closes}, in the time zone of whoever is waited for, or of {zone}.",
        days=days,
        opens=_Clock(hours.opens),
        closes=_Clock(hours.closes),
        zone=str(policy.zone),
    )
    if hours.holidays:
        yield say_many("{count} holiday does not count.", "{count} holidays do not count.", len(hours.holidays))
    if hours.holidays_of:
        yield say("Public holidays do not count either: {country}.", country=_Country(hours.holidays_of))


def _working(length: timedelta, hours: BusinessHours) -> Words:
    if not length % hours.a_day:
        return say_many("{count} working day", "{count} working days", length // hours.a_day)
    return say_many("{count} working hour", "{count} working hours", length // timedelta(hours=1))


def _announcing(policy: Policy) -> Iterator[Words]:
    announcing = policy.announcing
    if announcing.usual_channel:
        yield say(
            "Gifts are announced in {channel}, unless somebody chooses otherwise.",
            channel=mention(announcing.usual_channel),
        )
    else:
        yield say("Gifts are announced only where somebody chooses a channel.")
    if announcing.hashtags:
        yield say("To choose from: {hashtags}.", hashtags=_names(announcing.hashtags))
    yield (
        say("An announcement may name the amount, if the requester wants that.")
        if announcing.may_name_amount
        else say("An announcement never names the amount.")
    )


# ---------------------------------------------------------------- lists of things


def _people(slack_ids: Sequence[str]) -> ListOf:
    return some([mention(slack_id) for slack_id in slack_ids])


def _names(names: Sequence[str], *, with_or: bool = False) -> ListOf:
    return some([escaped(name) for name in names], with_or=with_or)


def _countries(codes: Sequence[str], language: Language) -> ListOf:
    return some([language.country(code) for code in codes])


def _either(amounts: Sequence[Part]) -> ListOf:
    return some(amounts, with_or=True)
