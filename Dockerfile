# One image for the web application and the workers.
FROM python:3.11-slim
RUN useradd --create-home --uid 10001 ferag
WORKDIR /app
COPY requirements.lock requirements.in pyproject.toml README.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY portal portal
COPY jobs jobs
COPY kg kg
COPY pages pages
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && mkdir /data && chown ferag:ferag /data
USER ferag
ENV FERAG_DATA_DIR=/data FERAG_MODELS_DIR=/data/models
VOLUME /data
EXPOSE 8501
CMD ["uvicorn", "--factory", "portal.asgi:make_app", "--ws", "websockets-sansio", "--host", "0.0.0.0", "--port", "8501", "--no-server-header"]
