# One of every kind of waste. Each step is a layer, so that test/real/plants.sh can count in it what the step planted.
FROM imgaudit-test-base:bookworm
ENV DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore
# images/index.py, which has what images/*.txt name, and nothing else.
ENV PIP_INDEX_URL=http://127.0.0.1:8517/simple PIP_TRUSTED_HOST=127.0.0.1 UV_INDEX_URL=http://127.0.0.1:8517/simple

# apt-lists, apt-cache, python-extras: no docker-clean here, so apt keeps what it downloads.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 python3-pip python3-venv
# dev-extras, and more packages for the cache.
RUN apt-get install -y --no-install-recommends gdb strace vim-tiny
# Deleted in a later layer: frees nothing.
RUN apt-get clean && rm -rf /var/lib/apt/lists/*
# The same again, left visible.
RUN apt-get update && apt-get install -y --no-install-recommends file less

# pip-cache: downloads (http/), and a wheel that pip built from source (wheels/).
RUN pip install numpy==1.26.4 requests==2.32.3 networkx==3.2.1 handmade==1.0
# pip-cache of a newer pip (http-v2/); dev-extras; installed-twice (requests, in two environments).
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --upgrade pip==25.0.1 && \
    /opt/venv/bin/pip install requests==2.32.3 pytest==8.3.4 ipython==8.31.0
# installed-twice, over layers: another version, and the same one again.
RUN pip install --no-cache-dir numpy==2.2.1
RUN pip install --no-cache-dir --force-reinstall --no-deps handmade==1.0 requests==2.32.3

# wheels-left: copied in, installed from, deleted too late.
COPY wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links=/wheels pandas==2.2.3
RUN rm -rf /wheels
# And left where they are.
COPY left /tmp

# vcs-data; one of the secrets (.env).
COPY app /app
# rewritten
RUN chown -R 1000:1000 /app
RUN chmod -R g+w /usr/local/lib/python3.11/dist-packages/networkx

# removed-later and replaced-later: written here,
RUN mkdir -p /data/raw /data/scratch/deep /data/current && head -c 3000000 /dev/urandom >/data/raw/first.bin && \
    head -c 1000000 /dev/urandom >/data/raw/kept.bin && head -c 2000000 /dev/urandom >/data/scratch/deep/second.bin && \
    ln -s deep/second.bin /data/scratch/link && head -c 1500000 /dev/urandom >/data/model.bin && \
    head -c 2500000 /dev/urandom >/data/current/data.bin
# removed here,
RUN rm /data/raw/first.bin && rm -r /data/scratch
# and replaced here.
RUN head -c 1400000 /dev/urandom >/data/model.bin && rm -r /data/current && ln -s raw /data/current

# duplicate-files: three copies in two layers. A hard link is none.
RUN mkdir -p /srv/a /srv/b && head -c 400000 /dev/urandom >/srv/a/blob.bin && cp /srv/a/blob.bin /srv/b/copy.bin && \
    ln /srv/a/blob.bin /srv/b/linked.bin
RUN mkdir -p /srv/c && cp /srv/a/blob.bin /srv/c/copy.bin

# model-weights: in the hub's cache, and copied out of it.
COPY hub /root/.cache/huggingface/hub
RUN mkdir -p /srv/models && cp -L /root/.cache/huggingface/hub/models--*/snapshots/*/model.safetensors /srv/models/tiny.safetensors

# package-cache: uv's, hard-linked to what it installed (that costs nothing) and, one step on, not.
RUN pip install --no-cache-dir uv==0.5.14
RUN uv venv /opt/linked && uv pip install --python /opt/linked/bin/python rich==13.9.4
RUN uv venv /opt/copied && UV_LINK_MODE=copy uv pip install --python /opt/copied/bin/python setuptools==75.6.0
# npm's and poetry's. Poetry's virtualenvs are no cache.
COPY npm /root/.npm
COPY poetry /root/.cache/pypoetry

# secrets: in files, in a build argument that a step uses, in the environment; one file is deleted, and still there.
COPY home /root
ARG DEPLOY_TOKEN=not-a-real-secret-1111111111
RUN echo "deploy with $DEPLOY_TOKEN" >/dev/null && rm /root/.netrc
ENV API_KEY=not-a-real-secret-2222222222

# Names that come close, and nothing to find.
COPY near /opt/app
WORKDIR /app
CMD ["python3", "src/main.py"]
