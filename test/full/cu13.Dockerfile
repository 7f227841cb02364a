# CUDA 13: PyTorch's wheels, and NVIDIA's runtime libraries once more where its own images have them.
FROM imgaudit-test-base:bookworm
ENV DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
ENV LD_LIBRARY_PATH=/usr/local/cuda/lib64
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip python3-dev g++ && rm -rf /var/lib/apt/lists/*
COPY toolkit /usr/local/cuda-13.0/targets/x86_64-linux/lib
RUN ln -s cuda-13.0 /usr/local/cuda && ln -s targets/x86_64-linux/lib /usr/local/cuda-13.0/lib64 && \
    echo /usr/local/cuda/lib64 >/etc/ld.so.conf.d/cuda.conf && ldconfig
COPY wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels torch==2.14.1 setuptools
RUN rm -rf /wheels
COPY smoke.py /app/
CMD ["python3", "/app/smoke.py"]
