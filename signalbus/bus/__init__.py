"""The bus: a transactional outbox in PostgreSQL, a fair relay, and Kafka that carries hints."""
