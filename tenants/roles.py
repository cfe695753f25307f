"""What a role may do: the one table, for the consoles and the API alike. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Ability(StrEnum):
    """A kind of act. permissions.py and scopes.py say which page, button or endpoint needs it."""

    VIEW = "view"  # look at everything, with people's addresses and contents masked
    PERSONAL = "personal"  # see addresses, contents and data unmasked
    EDIT = "edit"  # write templates, policies, recipients and suppressions; try them in test mode
    OPERATE = "operate"  # send, cancel, redrive, settle, acknowledge, pause, lift
    OWN = "own"  # provider accounts, API keys, limits, operators, and the audit log


class Role(StrEnum):
    """What an operator is; each may do what those before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OPERATOR = "operator"
    OWNER = "owner"


ABILITIES: Mapping[Role, frozenset[Ability]] = {
    Role.VIEWER: frozenset({Ability.VIEW}),
    Role.EDITOR: frozenset({Ability.VIEW, Ability.PERSONAL, Ability.EDIT}),
    Role.OPERATOR: frozenset({Ability.VIEW, Ability.PERSONAL, Ability.EDIT, Ability.OPERATE}),
    Role.OWNER: frozenset(Ability),
}


MEANING: Mapping[Role, str] = {
    Role.VIEWER: "sees what happens, with addresses masked and without contents",
    Role.EDITOR: "also sees people's data, and writes templates, policies, people, suppressions",
    Role.OPERATOR: "also sends, cancels, redrives, settles and lifts",
    Role.OWNER: "also accounts of providers, API keys, limits and users",
}


def may(role: str, ability: Ability) -> bool:
    """Whether somebody of this role may do such an act; an unknown role may nothing."""
    return any(known == role and ability in abilities for known, abilities in ABILITIES.items())


def least(ability: Ability) -> Role:
    """The lowest role that may do such an act."""
    return next(role for role in Role if may(role, ability))


def beyond(role: Role) -> list[Role]:
    """The roles that may do more."""
    return [each for each in Role if ABILITIES[each] > ABILITIES[role]]
