# The classifier benchmark in a container:
#   docker build --tag fmnist-fast .
#   docker run --rm --volume "$PWD/fashion:/data:ro" --volume "$PWD/results:/results" fmnist-fast
# The two steps, install with the extra and run, are those that .ci/run makes without a container.
FROM python:3.13-slim AS build
# hadolint ignore=DL3008 # the compiler leaves no trace in the image; its version is that of the base image
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
ENV FMNIST_FAST_REQUIRE_NATIVE=1
RUN python -m venv /venv && /venv/bin/python -m pip install --no-cache-dir ".[classify,dask]"

FROM python:3.13-slim
COPY --from=build /venv /venv
RUN useradd --create-home --uid 1000 benchmark && install --directory --owner=benchmark /data /results
ENV PATH="/venv/bin:$PATH" FMNIST_FAST_DATA=/data
USER 1000
WORKDIR /results
ENTRYPOINT ["fmnist-fast", "classify"]
CMD ["run", "--out", "results.jsonl"]
