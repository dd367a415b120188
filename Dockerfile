# What the bot runs on, each file checked against its hash in requirements.lock, and the bot itself.
FROM python:3.14-slim
WORKDIR /giftbot
COPY requirements.lock .
RUN pip install --quiet --no-cache-dir --no-deps --require-hashes -r requirements.lock \
    && useradd --create-home giftbot && install -d -o giftbot -m 700 /data
COPY manifest.yml .
COPY bot bot
COPY handlers handlers
COPY storage storage
RUN python -m compileall -q .
USER giftbot
WORKDIR /data
VOLUME /data
ENV PYTHONPATH=/giftbot GIFTBOT_DATABASE=/data/giftbot.db
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
