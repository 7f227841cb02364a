# As many entries as an image of many small packages has, on top of one of few large ones.
ARG FROM
FROM ${FROM}
RUN python3 -c "import os; [(os.makedirs(f'/opt/data/{n // 250}', exist_ok=True), open(f'/opt/data/{n // 250}/sample_{n}.json', 'w').write(f'{n}' * 40)) for n in range(105_000)]"
