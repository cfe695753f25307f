"""Variables that no setting reads: those of the containers, of Compose and of `make`. Pure."""

from signalbus.core.env import Declaration

CONTAINERS, COMPOSE, MAKE = "Containers", "docker-compose.yml", "make up"

IN_CONTAINERS = (
    Declaration(
        name="PORT",
        kind="whole number",
        default="8000",
        help="HTTP port of `web`, as platforms name it that choose one; Compose has 8000",
        section=CONTAINERS,
    ),
    Declaration(
        name="SIGNALBUS_WEB_WORKERS",
        kind="whole number",
        default="2",
        help="web processes in a container of `web`",
        section=CONTAINERS,
    ),
    Declaration(
        name="SIGNALBUS_WEB_THREADS",
        kind="whole number",
        default="16",
        help="threads of each, and so requests at a time",
        section=CONTAINERS,
    ),
    Declaration(
        name="PROMETHEUS_MULTIPROC_DIR",
        kind="folder",
        default="/tmp/metrics",  # noqa: S108 - the container's own
        help="where the processes of `web` share their metrics; has to be empty at the start",
        section=CONTAINERS,
    ),
)
OF_COMPOSE = (
    Declaration(
        name="POSTGRES_PASSWORD",
        kind="text",
        default="",
        help="password of the PostgreSQL that comes along: letters and digits, as it goes into "
        "an address",
        section=COMPOSE,
        required=True,
    ),
    Declaration(
        name="SIGNALBUS_SITES",
        kind="comma-separated list",
        default="http://",
        help="host names that the proxy answers, with certificates of Let's Encrypt; http:// is "
        "every name without HTTPS",
        section=COMPOSE,
    ),
    Declaration(
        name="SIGNALBUS_PORT",
        kind="whole number",
        default="8000",
        help="port of the proxy on this machine, and the HTTP port of `make up`; with names in "
        "SIGNALBUS_SITES: 80",
        section=COMPOSE,
    ),
    Declaration(
        name="SIGNALBUS_HTTPS_PORT",
        kind="whole number",
        default="8443",
        help="the same for HTTPS; with names in SIGNALBUS_SITES: 443",
        section=COMPOSE,
    ),
    Declaration(
        name="SIGNALBUS_WEB_REPLICAS",
        kind="whole number",
        default="2",
        help="containers of `web` that the proxy shares requests among",
        section=COMPOSE,
    ),
    Declaration(
        name="GRAFANA_PASSWORD",
        kind="text",
        default="",
        help="with `--profile observability`, which needs it: password of Grafana's `admin` at its "
        "first start",
        section=COMPOSE,
    ),
    Declaration(
        name="GRAFANA_PORT",
        kind="whole number",
        default="3000",
        help="the same: Grafana's port on this machine, on the loopback address only",
        section=COMPOSE,
    ),
    Declaration(
        name="SIGNALBUS_TAG",
        kind="text",
        default="local",
        help="tag of the images; name a version that was built, so that you can go back to it",
        section=COMPOSE,
    ),
    Declaration(
        name="KAFKA_PASSWORD",
        kind="text",
        default="",
        help="with docker/kafka-tls.yml: password of Signalbus at the Kafka that comes along",
        section=COMPOSE,
    ),
    Declaration(
        name="KAFKA_CERTIFICATES",
        kind="folder",
        default="./docker/certificates",
        help="with docker/kafka-tls.yml: where ca.pem and kafka.pem are",
        section=COMPOSE,
    ),
)
OF_MAKE = (
    Declaration(
        name="SIGNALBUS_HOME",
        kind="folder",
        default="var",
        help="where `make up` keeps its data",
        section=MAKE,
    ),
    Declaration(
        name="SIGNALBUS_MAVEN_URL",
        kind="address",
        default="",
        help="a mirror of Maven Central, for Kafka's jars",
        section=MAKE,
    ),
)
