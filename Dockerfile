# The production image: locked packages of the product only, no embedded servers, not root.
# The same release of Debian in both stages; its pg_dump is that of the database in docker-compose.yml.
FROM python:3.11-slim-trixie AS packages
RUN python -m venv /opt/hub
COPY requirements.lock /
RUN /opt/hub/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r /requirements.lock

FROM python:3.11-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/hub --no-create-home hub \
    && install -d -o hub -g hub /data
COPY --from=packages /opt/hub /opt/hub
WORKDIR /srv/hub
COPY . .
ENV PATH="/opt/hub/bin:$PATH" \
    DJANGO_SETTINGS_MODULE=hub.settings.prod \
    HUB_BOOTSTRAP=off \
    HUB_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/srv/hub-static
# Static files belong to the image and not to the data volume, which outlives it. The values are placeholders: collecting
# connects to nothing.
RUN python -m compileall -q . \
    && SECRET_KEY=collecting-only DATABASE_URL=postgresql:///none REDIS_URL=redis://none SITE_URL=https://none.invalid \
    python manage.py collectstatic --noinput --verbosity 0
USER hub
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn", "hub.wsgi:application", "--config", "python:hub.runtime.gunicorn_conf", "--bind", "0.0.0.0:8000", \
    "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket", "--timeout", "60", \
    "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--max-requests", "20000", "--max-requests-jitter", "2000"]
