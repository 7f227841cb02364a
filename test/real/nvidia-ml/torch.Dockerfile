# The whole of PyTorch with its CUDA wheels, as people install it from wheels that a stage before made: not for every test run.
FROM imgaudit-test-base:bookworm
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip
COPY wheels /wheels
RUN pip install --break-system-packages --no-index --find-links=/wheels torch==2.14.1
RUN rm -rf /wheels
CMD ["python3", "-c", "import torch"]
