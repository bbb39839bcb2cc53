# The service in a container. Built with TLS to PostgreSQL (pg-tls), which compiles OpenSSL: the first build takes some ten minutes.
FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
# build.rs makes the web client with Node and npm.
COPY --from=node /usr/local/bin/ /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules/ /usr/local/lib/node_modules/
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features pg-tls \
    && install -D target/release/nobel21 /out/nobel21

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10021 --no-create-home --home-dir /var/lib/nobel21 --shell /usr/sbin/nologin nobel21 \
    && install -d -o nobel21 -g nobel21 -m 0700 /var/lib/nobel21
COPY --from=build /out/nobel21 /usr/local/bin/nobel21
# Two stocks of memory for what is written in C, not one for each thread: see the unit in the README.
ENV NOBEL21_LISTEN=0.0.0.0:8021 \
    NOBEL21_DATA_DIR=/var/lib/nobel21 \
    MALLOC_ARENA_MAX=2
USER nobel21
WORKDIR /var/lib/nobel21
VOLUME /var/lib/nobel21
EXPOSE 8021
# Is the process up? bash talks HTTP well enough for that, so the image needs no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8021 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["nobel21"]
CMD ["serve"]
