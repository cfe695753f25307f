"""Every model, button and page of both consoles has its row in the table of permissions."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite

from signalbus.console.sites import platform
from tenants import permissions, roles
from tenants.permissions import FREE, PAGES, PERMISSIONS, ability_of, permission_of
from tenants.roles import Ability, Role
from tests.console.pages import PLATFORM, TENANT, pages_of

SITES = (admin.site, platform)
OF_DJANGO = {"view", "add", "change", "delete"}
# Verbs that are no button: what a form or a page asks for beside its own verb.
ASKED_BESIDES = {"notifications.policy": {"test", "send"}, "tenants.apikey": {"grant"}}


def _label(model: Any) -> str:
    return str(model._meta.label_lower)


def _registered() -> dict[str, list[Any]]:
    """Each model that has pages, or rows on another's page, with its panels."""
    found: dict[str, list[Any]] = {}
    for site in SITES:
        for model, panel in site._registry.items():
            found.setdefault(_label(model), []).append(panel)
            for inline in panel.inlines:
                found.setdefault(_label(inline.model), [])
    return found


def test_every_model_has_its_row_and_the_other_way_round() -> None:
    assert set(_registered()) == set(PERMISSIONS)


@pytest.mark.parametrize("label", sorted(PERMISSIONS))
def test_every_button_has_its_verb_and_the_other_way_round(label: str) -> None:
    buttons = {button.name for panel in _registered()[label] for button in panel.buttons}
    asked = ASKED_BESIDES.get(label, set())
    assert set(PERMISSIONS[label]) - OF_DJANGO - asked == buttons


@pytest.mark.parametrize("label", sorted(PERMISSIONS))
def test_an_action_on_what_is_ticked_is_the_buttons(label: str) -> None:
    for panel in _registered()[label]:
        for action in panel.actions or ():
            assert action.removesuffix("_selected") in PERMISSIONS[label], action


@pytest.mark.parametrize("table", [TENANT, PLATFORM])
def test_every_page_has_its_permission(table: str) -> None:
    for page in pages_of(table):
        if page.name is None:  # answers 404 for whatever there is not
            continue
        permission = permission_of(page.name)
        assert (permission is None) == (page.name in FREE), page.name


def test_no_row_is_about_a_page_that_there_is_not() -> None:
    names = {page.name for table in (TENANT, PLATFORM) for page in pages_of(table)}
    assert set(PAGES) <= names
    assert names >= FREE


def test_a_page_that_is_in_no_row_opens_for_nobody() -> None:
    with pytest.raises(KeyError):
        permission_of("forgotten")
    assert ability_of("forgotten.view_page") is None
    assert ability_of("delivery.deadletter") is None


@pytest.mark.parametrize("site", SITES)
def test_looking_needs_less_than_changing(site: AdminSite) -> None:
    for model in site._registry:
        verbs = PERMISSIONS[_label(model)]
        least = roles.least(verbs["view"])
        assert all(roles.may(role, verbs["view"]) for role in list(Role)[list(Role).index(least) :])


def test_posting_a_form_needs_what_saving_needs() -> None:
    page = "notifications_policy_change"
    assert permission_of(page) == "notifications.view_policy"
    assert permission_of(page, writes=True) == "notifications.change_policy"


@pytest.mark.parametrize("ability", list(Ability))
def test_a_higher_role_may_whatever_a_lower_one_may(ability: Ability) -> None:
    allowed = [roles.may(role, ability) for role in Role]
    assert allowed == sorted(allowed)
    assert roles.may(roles.least(ability), ability)
    assert not roles.may("", ability)


def test_abilities_by_themselves_are_permissions_too() -> None:
    assert ability_of(permissions.PERSONAL) is Ability.PERSONAL
