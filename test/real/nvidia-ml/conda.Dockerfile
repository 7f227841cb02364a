# conda's way: packages extracted once and hard-linked into an environment, which costs nothing in one layer, and once more in
# a later layer, where it does.
FROM imgaudit-test-base:bookworm
ENV PATH=/opt/conda/bin:$PATH CONDA_DEFAULT_ENV=app
ADD base.tar /
ADD later.tar /
CMD ["/bin/sh"]
