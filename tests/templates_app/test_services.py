"""Making, versioning and publishing templates."""

import pytest

from templates_app import catalog, rendering, services, starters
from templates_app.models import Template, TemplateVersion
from templates_app.services import Content, ContentError
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

SMS = Content(channel="sms", locale="en", text="Hi {{ name }}")


def test_numbers_count_per_channel_and_locale(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        template = services.create_template("greeting", contents=[SMS])
        again = services.add_version(template, SMS)
        french = services.add_version(template, Content(channel="sms", locale="fr", text="Salut"))
    assert (again.number, french.number) == (2, 1)


def test_publishing_replaces_the_current_version(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        template = services.create_template("greeting", contents=[SMS], publish=True)
        second = services.publish_version(services.add_version(template, SMS))
        current = TemplateVersion.objects.filter(template=template, current=True)
        assert list(current) == [second]


def test_an_older_version_can_be_published_again(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        template = services.create_template("greeting", contents=[SMS], publish=True)
        services.publish_version(services.add_version(template, SMS))
        first = template.versions.get(number=1)
        services.publish_version(first)
        assert catalog.current(["greeting"])["greeting", "sms"]["en"].id == first.id


def test_an_unpublished_version_is_not_used(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        services.create_template("greeting", contents=[SMS])
        assert catalog.current(["greeting"]) == {}


def test_required_variables_are_kept_with_the_version(acme: TenantIdentity) -> None:
    with in_tenant(acme):
        template = services.create_template("greeting", contents=[SMS])
        assert template.versions.get().required == ["name"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(channel="email", locale="en", text="no subject"), "subject"),
        (Content(channel="email", locale="en", subject="no body"), "text"),
        (Content(channel="sms", locale="en", html="<p>no text</p>"), "text"),
        (Content(channel="sms", locale="en", text="{{ open"), "text"),
        (Content(channel="email", locale="en", subject="s", html="{% for %}"), "html"),
        (Content(channel="sms", locale="en", text="Hi {{ recipient.nam }}"), "text"),
    ],
)
def test_a_wrong_part_is_named_and_nothing_is_written(
    acme: TenantIdentity, content: Content, field: str
) -> None:
    with in_tenant(acme):
        with pytest.raises(ContentError) as refused:
            services.create_template("greeting", contents=[SMS, content])
        assert refused.value.field == field
        assert not Template.objects.filter(name="greeting").exists()


def test_templates_of_one_tenant_are_unknown_to_the_other(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    with in_tenant(acme):
        services.create_template("greeting", contents=[SMS], publish=True)
    with in_tenant(globex):
        assert catalog.current(["greeting"]) == {}


def test_every_starter_is_there_and_renders(acme: TenantIdentity) -> None:
    data = {"order": "A-1", "code": "123456"}
    with in_tenant(acme):
        shelf = catalog.current(starters.STARTERS)
    assert {name for name, _ in shelf} == set(starters.STARTERS)
    for versions in shelf.values():
        for version in versions.values():
            rendered = rendering.render(version, rendering.variables(data, {}, "topic"))
            assert rendered.text
            assert "{" not in rendered.subject + rendered.text


def test_preview_names_the_part_that_does_not_render() -> None:
    content = Content(channel="email", locale="en", subject="{{ 1 | divided_by: 0 }}", text="x")
    with pytest.raises(ContentError) as refused:
        services.preview(content, {}, {})
    assert refused.value.field == "subject"
