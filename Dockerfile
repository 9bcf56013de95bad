# One image for central, the edges and the simulator; the command says which.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY kit/package.json kit/
COPY edge/package.json edge/
COPY central/package.json central/
COPY client/package.json client/
COPY firmware-sim/package.json firmware-sim/
COPY deploy/package.json deploy/
COPY e2e/package.json e2e/
COPY bench/package.json bench/

FROM manifests AS build
RUN npm ci
COPY . .
RUN npm run build --workspace edge
RUN node deploy/docker/write-configurations.ts /configuration

FROM manifests AS packages
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app ./
COPY protocol protocol
COPY kit kit
COPY edge edge
COPY central central
COPY client client
COPY firmware-sim firmware-sim
COPY deploy deploy
COPY --from=build /app/edge/dashboard/dist edge/dashboard/dist
COPY --from=build /configuration /configuration
# A volume that is mounted here first takes over its owner.
RUN mkdir -p /data /secrets /keys/made /keys/nats /keys/central /keys/lyon /keys/porto && chown -R node:node /data /secrets /keys
USER node
CMD ["node", "central/src/main.ts"]
