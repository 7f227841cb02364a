# CUDA as a distribution packages it: nothing lies under /usr/local/cuda.
FROM imgaudit-test-base:bookworm
COPY docker-clean /etc/apt/apt.conf.d/docker-clean
ENV DEBIAN_FRONTEND=noninteractive
RUN sed -i 's/ main$/ main contrib non-free non-free-firmware/' /etc/apt/sources.list
RUN apt-get update && apt-get install -y --no-install-recommends \
    libcupti-dev libcupti-doc nsight-compute nvidia-cuda-gdb nvidia-profiler libthrust-dev libcu++-dev && rm -rf /var/lib/apt/lists/*
CMD ["/bin/sh"]
