# syntax=docker/dockerfile:1
# The production image: one binary, no shell script, no package but the base system. Without the embedded PostgreSQL.

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# Statements are checked against .sqlx/, so that no database is needed here.
ENV SQLX_OFFLINE=true
# The caches make a rebuild after a change of our own code a matter of our own code. What is in a cache is not in the
# image, hence the copy.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --package boxoffice --profile dist --locked --no-default-features \
    && cp target/dist/boxoffice /usr/local/bin/boxoffice

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin boxoffice
COPY --from=build /usr/local/bin/boxoffice /usr/local/bin/boxoffice
# By number, so that a cluster can tell that it is not root.
USER 10001
EXPOSE 8080
# On SIGTERM `serve` drains for DRAIN_SECONDS, then finishes what has begun for SHUTDOWN_TIMEOUT_SECONDS at most; give it
# 5 s more than both.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["boxoffice", "health"]
ENTRYPOINT ["boxoffice"]
CMD ["serve"]
