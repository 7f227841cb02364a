# The same application as imgaudit advises. RUN mounts its wheels: needs BuildKit or buildah.
FROM imgaudit-test-base:bookworm AS builder
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY app/fast.c /app/fast.c
RUN gcc -O2 -shared -o /app/fast.so /app/fast.c

FROM imgaudit-test-base:bookworm
COPY docker-clean /etc/apt/apt.conf.d/docker-clean
ENV DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
RUN --mount=type=bind,source=index,target=/index --mount=type=bind,source=wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links=/index --find-links=/wheels numpy==1.26.4 \
    nvidia-cuda-runtime-cu12==12.9.79 nvidia-cuda-cupti-cu12==12.9.79 nvidia-curand-cu12==10.3.10.19 \
    nvidia-cuda-nvrtc-cu12==12.9.86 nvidia-nvjitlink-cu12==12.9.86 cuda-bindings==12.9.2 && \
    rm /usr/local/lib/python3.11/dist-packages/nvidia/cuda_runtime/lib/*.a
COPY --chown=1000:1000 app /app
COPY --from=builder --chown=1000:1000 /app/fast.so /app/fast.so
RUN mkdir /data && head -c 20000000 /dev/urandom >/data/model.bin
WORKDIR /app
CMD ["python3", "main.py"]
