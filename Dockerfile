# syntax=docker/dockerfile:1
# The production image: one binary on the base system, without scripts, further packages or the embedded PostgreSQL.

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
# SQL statements are checked against .sqlx/, so the build needs no database.
ENV SQLX_OFFLINE=true
# With the caches a rebuild compiles only our own code, not the dependencies. Files in a cache are not part of the
# image, therefore the binary is copied.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --package boxoffice --profile dist --locked --no-default-features \
    && cp target/dist/boxoffice /usr/local/bin/boxoffice

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin boxoffice
COPY --from=build /usr/local/bin/boxoffice /usr/local/bin/boxoffice
# A number, so that Kubernetes can verify that it is not root (runAsNonRoot).
USER 10001
EXPOSE 8080
# On SIGTERM `serve` drains for DRAIN_SECONDS, then finishes running requests for at most SHUTDOWN_TIMEOUT_SECONDS.
# Allow 5 s more than the sum.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["boxoffice", "health"]
ENTRYPOINT ["boxoffice"]
CMD ["serve"]
