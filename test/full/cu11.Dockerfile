# CUDA 11: PyTorch's wheels beside the toolkit that Debian packages.
FROM imgaudit-test-base:bookworm
ENV DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
RUN sed -i 's/ main$/ main contrib non-free non-free-firmware/' /etc/apt/sources.list
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y --no-install-recommends nvidia-cuda-toolkit nsight-compute && rm -rf /var/lib/apt/lists/*
COPY wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels torch==2.0.1
RUN rm -rf /wheels
COPY smoke.py /app/
CMD ["python3", "/app/smoke.py"]
