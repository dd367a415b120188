# Every wheel is checked against the lock here; only what the bot itself needs goes into the image below.
FROM python:3.13-slim AS wheels
WORKDIR /wheels
COPY requirements.lock .
RUN pip download --quiet --require-hashes -r requirements.lock

FROM python:3.13-slim
WORKDIR /source
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot bot
COPY handlers handlers
COPY storage storage
RUN --mount=from=wheels,source=/wheels,target=/wheels pip install --quiet --no-cache-dir --no-index --find-links /wheels . \
    && useradd --create-home giftbot && install -d -o giftbot -m 700 /data
USER giftbot
WORKDIR /data
VOLUME /data
ENV GIFTBOT_DATABASE=/data/giftbot.db
ENTRYPOINT ["giftbot"]
CMD ["run"]
