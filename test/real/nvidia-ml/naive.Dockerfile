# The guide's bad example. Down to "USER", the steps are those of NVIDIA's own images (base, then runtime) for CUDA 12.9.1.
FROM imgaudit-test-base:bookworm
COPY docker-clean /etc/apt/apt.conf.d/docker-clean
ENV NVARCH x86_64
ENV NVIDIA_REQUIRE_CUDA "cuda>=12.9 brand=unknown,driver>=535,driver<536 brand=grid,driver>=535,driver<536"
ENV NV_CUDA_CUDART_VERSION 12.9.79-1
ARG TARGETARCH
LABEL maintainer "NVIDIA CORPORATION <cudatools@nvidia.com>"
RUN echo "deb [trusted=yes] http://127.0.0.1:8518 ./" >/etc/apt/sources.list.d/cuda.list
ENV CUDA_VERSION 12.9.1
RUN apt-get update && apt-get install -y --no-install-recommends cuda-cudart-12-9=${NV_CUDA_CUDART_VERSION} \
    && rm -rf /var/lib/apt/lists/*
RUN echo "/usr/local/nvidia/lib" >> /etc/ld.so.conf.d/nvidia.conf && echo "/usr/local/nvidia/lib64" >> /etc/ld.so.conf.d/nvidia.conf
ENV PATH /usr/local/nvidia/bin:/usr/local/cuda/bin:${PATH}
ENV LD_LIBRARY_PATH /usr/local/cuda/lib64
ENV NVIDIA_VISIBLE_DEVICES all
ENV NVIDIA_DRIVER_CAPABILITIES compute,utility
ENV NV_CUDA_LIB_VERSION 12.9.1-1
ENV NV_NVTX_VERSION 12.9.79-1
RUN apt-get update && apt-get install -y --no-install-recommends cuda-libraries-12-9=${NV_CUDA_LIB_VERSION} \
    cuda-nvtx-12-9=${NV_NVTX_VERSION} && rm -rf /var/lib/apt/lists/*
ENV NV_LIBCURAND_PACKAGE_NAME libcurand-12-9
ENV NV_LIBNVJITLINK_PACKAGE_NAME libnvjitlink-12-9
RUN apt-mark hold ${NV_LIBCURAND_PACKAGE_NAME} ${NV_LIBNVJITLINK_PACKAGE_NAME}
ENV NVIDIA_PRODUCT_NAME=CUDA

# USER: apt keeps what it downloads (the guide's cache mounts want that) and nobody mounts a cache.
ENV DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
RUN rm /etc/apt/apt.conf.d/docker-clean && apt-get update && \
    apt-get install -y --no-install-recommends python3 python3-pip
# The toolkit, "to be safe". nsight, cupti, cuda-debuggers, cuda-headers, cuda-static-libs, cuda-toolchain
RUN apt-get install -y --no-install-recommends cuda-compiler-12-9 cuda-command-line-tools-12-9 cuda-libraries-dev-12-9 \
    cuda-nvml-dev-12-9 cuda-nsight-compute-12-9
RUN apt-mark hold libcurand-dev-12-9
# build-tools
RUN apt-get install -y --no-install-recommends gcc libc6-dev

# pip-cache; the libraries once more: cuda-duplicate
RUN pip install --index-url http://127.0.0.1:8517/simple --trusted-host 127.0.0.1 numpy==1.26.4 \
    nvidia-cuda-runtime-cu12==12.9.79 nvidia-cuda-cupti-cu12==12.9.79 nvidia-curand-cu12==10.3.10.19 \
    nvidia-cuda-nvrtc-cu12==12.9.86 nvidia-nvjitlink-cu12==12.9.86
# wheels-left: copied in, installed from, deleted too late
COPY wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels cuda-bindings==12.9.2
RUN rm -rf /wheels

# rewritten
COPY app /app
RUN gcc -O2 -shared -o /app/fast.so /app/fast.c
RUN chown -R 1000:1000 /app
# removed-later
RUN mkdir /data && head -c 20000000 /dev/urandom >/data/download.bin && cp /data/download.bin /data/model.bin
RUN rm /data/download.bin
WORKDIR /app
CMD ["python3", "main.py"]
