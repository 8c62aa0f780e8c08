FROM node:22-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --from=front /front/node_modules node_modules
COPY . .
# Static files need settings, and settings need these two to be set; nothing connects and nothing is kept.
RUN DJANGO_SECRET_KEY=build DATABASE_URL=postgres://build@build/build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --uid 10001 portal \
    && mkdir -p var/media && chown -R portal var
USER portal
EXPOSE 8000
CMD ["gunicorn", "campaign.wsgi"]
