"""Operators, the invitations that make them, and where they are logged in."""

from django.conf import settings
from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from signalbus.core.crypto import KeyRing
from signalbus.core.ids import new_id
from signalbus.core.sealing import opened
from tenants.context import current_schema
from tenants.roles import Role

ROLES = [(role.value, role.value) for role in Role]


class Operator(models.Model):
    """What a user of this console may do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator"
    )
    role = models.CharField(max_length=8, choices=ROLES, default=Role.VIEWER)

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(models.Model):
    """A place in this console that waits for its person. Of its secret only the digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=ROLES, default=Role.VIEWER)
    digest = models.BinaryField(max_length=32, unique=True)
    invited_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class SignIn(models.Model):
    """A browser in which somebody is logged in, or was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins"
    )
    session_key = models.CharField(max_length=40, db_index=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, default="")
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} from {self.address}"


LONGEST_KEY = 80  # characters of the column; a seal is 64 and the name of its key


class Authenticator(TOTPDevice):
    """An app that shows a user's codes. What it shares with the app is sealed at rest.

    Works only where its schema is the current one: the seal opens nowhere else.
    """

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """What the app was given. Raises SecretError where its seal does not open."""
        return opened(self.key, self._context)

    def seal(self, secret: bytes) -> None:
        """Give it what the app is given."""
        self.key = KeyRing.parse(settings.ENCRYPTION_KEYS).encrypt(secret, self._context)

    def seal_anew(self) -> None:
        """Let the newest key open it, so that older ones may go. Raises SecretError."""
        if KeyRing.parse(settings.ENCRYPTION_KEYS).is_newest(self.key):
            return
        former = self.key
        self.seal(self.bin_key)
        rows = Authenticator.objects.filter(pk=self.pk, key=former)
        if len(self.key) <= LONGEST_KEY:
            rows.update(key=self.key)

    @property
    def _context(self) -> str:
        return authenticator_context(current_schema(), self.user_id)


def authenticator_context(schema: str, user_id: int) -> str:
    """What an app's secret is bound to, so that it opens nowhere else."""
    return f"{schema}/authenticator/{user_id}"
