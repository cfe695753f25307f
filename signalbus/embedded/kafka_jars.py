"""Fetches Apache Kafka's jars from a Maven repository, once, into the cache."""

import os
import shutil
import ssl
import warnings
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from signalbus.embedded.files import private_folder, read_json, write_json

RELEASE = "4.3.1"
# Kafka logs through slf4j 1.7; without a binding its own word on a failure would be lost.
COORDINATES = (("org.apache.kafka", "kafka_2.13", RELEASE), ("org.slf4j", "slf4j-simple", "1.7.36"))
MAVEN_CENTRAL = "https://repo.maven.apache.org/maven2"
TIMEOUT_SECONDS = 15
PARALLEL = 8
USED_SCOPES = ("compile", "runtime")


def kept_jars(cache: Path) -> list[Path]:
    """Return the jars if all of them were fetched before, else an empty list."""
    names = read_json(_folder(cache) / "complete.json") or []
    jars = [_folder(cache) / name for name in names]
    return jars if all(jar.exists() for jar in jars) else []


def fetch_jars(cache: Path, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Fetch all jars and check that each is whole; nothing half fetched is ever used.

    `SIGNALBUS_MAVEN_URL` names a mirror of Maven Central.

    Raises:
        OSError, RuntimeError: the repository cannot be reached or does not have them.
    """
    draft = private_folder(cache) / f"kafka-{RELEASE}.{os.getpid()}.new"
    try:
        jars = _resolve_trusting(draft, environment.get("SIGNALBUS_MAVEN_URL") or MAVEN_CENTRAL)
        _check(jars)
        write_json(draft / "complete.json", [str(jar.relative_to(draft)) for jar in jars])
        shutil.rmtree(_folder(cache), ignore_errors=True)
        draft.replace(_folder(cache))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return kept_jars(cache)


def _folder(cache: Path) -> Path:
    return cache / f"kafka-{RELEASE}"


def _resolve_trusting(folder: Path, repository: str) -> list[Path]:
    """Trust the certificates that come with requests, then the machine's own.

    The second are the right ones behind a proxy that signs for others, which pip gets along with.
    """
    try:
        return _resolve(folder, repository)
    except (OSError, RuntimeError) as refusal:
        paths = ssl.get_default_verify_paths()
        own = paths.cafile or paths.capath
        named = "REQUESTS_CA_BUNDLE" in os.environ
        if "CERTIFICATE_VERIFY_FAILED" not in str(refusal) or named or not own:
            raise
        os.environ["REQUESTS_CA_BUNDLE"] = own
        return _resolve(folder, repository)


def _resolve(folder: Path, repository: str) -> list[Path]:
    with warnings.catch_warnings():  # it misses a desktop's folder that is not used here
        warnings.simplefilter("ignore")
        from jgo.maven import MavenContext
        from jgo.parse import Coordinate

    context = MavenContext(
        repo_cache=folder, remote_repos={"central": repository}, timeout=TIMEOUT_SECONDS
    )
    wanted = [
        context.create_dependency(
            Coordinate(groupId=group, artifactId=name, version=version, scope="compile")
        )
        for group, name, version in COORDINATES
    ]
    direct, transitive = context.resolver.resolve(wanted)
    used = [*direct, *(each for each in transitive if each.scope in USED_SCOPES)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        return [Path(path) for path in pool.map(lambda each: each.artifact.resolve(), used)]


def _check(jars: list[Path]) -> None:
    for jar in jars:
        try:
            with zipfile.ZipFile(jar) as archive:
                damaged = archive.testzip()
        except zipfile.BadZipFile:
            damaged = "the archive"
        if damaged:
            raise RuntimeError(f"{jar.name} arrived damaged ({damaged})")
