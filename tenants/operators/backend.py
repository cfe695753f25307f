"""Who may log in, and what they may do: by their role, and by the one table of permissions."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from tenants import permissions, roles


class RoleBackend(ModelBackend):
    """Names and passwords are Django's; permissions are those of the user's role."""

    def get_user(self, user_id: int) -> Any:
        users = get_user_model().objects.select_related("operator")
        user = users.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: Any, perm: str, _obj: Any = None) -> bool:
        ability = permissions.ability_of(perm)
        return bool(
            user_obj.is_active and ability is not None and roles.may(role_of(user_obj), ability)
        )

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(
            self.has_perm(user_obj, f"{app_label}.view_{label.partition('.')[2]}")
            for label in permissions.PERMISSIONS
            if label.startswith(f"{app_label}.")
        )

    def get_all_permissions(self, user_obj: Any, _obj: Any = None) -> set[str]:
        """All names of permissions that the user's role has."""
        named = {
            f"{label.partition('.')[0]}.{verb}_{label.partition('.')[2]}"
            for label, verbs in permissions.PERMISSIONS.items()
            for verb in verbs
        }
        return {permission for permission in named if self.has_perm(user_obj, permission)}


def role_of(user: Any) -> str:
    """The user's role in this console; nothing for somebody without one."""
    operator = getattr(user, "operator", None)
    return operator.role if operator else ""
