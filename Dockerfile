# refreshd in a container, for those who want no Node on the host: docs/container.md says how to run it.
#   docker build -t refreshd .
# Any image with Node 20.19 or newer, npm and a shell will do, for building and for running.
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
# What is in the package; all that it needs of others is in there.
RUN npm run build \
  && npm pack --pack-destination /tmp \
  && mkdir /refreshd \
  && tar -xzf /tmp/refreshd-*.tgz -C /refreshd --strip-components=1

FROM ${BASE}
COPY --from=build /refreshd /opt/refreshd
RUN ln -s /opt/refreshd/dist/cli/main.js /usr/local/bin/refreshd \
  && mkdir -p /srv/refreshd \
  && chown 1000:1000 /srv/refreshd
ENV NODE_ENV=production REFRESHD_HOME=/srv/refreshd
WORKDIR /srv/refreshd
VOLUME /srv/refreshd
# It needs the group of the engine's socket too: docker run --group-add.
USER 1000:1000
# What would keep the next run from working makes it unhealthy. Nothing is changed by looking.
HEALTHCHECK --interval=10m --timeout=1m CMD ["refreshd", "doctor"]
# As process 1 it hears signals itself, and waits for its children.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--disable-proto=delete", "--no-addons", "/opt/refreshd/dist/cli/main.js"]
CMD ["daemon"]
