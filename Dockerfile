# The app on port 8501:  docker build --tag hsal-explorer . && docker run --publish 8501:8501 hsal-explorer
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home hsal
WORKDIR /home/hsal/app

# The CPU wheels of torch and torchvision, a matching pair, before the rest: they are large and change seldom.
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu "torch>=2.12,<2.13" "torchvision>=0.27,<0.28"

COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY hsal hsal
COPY app app
COPY pages pages
COPY assets assets
COPY results results
RUN pip install --no-cache-dir ".[app]" && rm -rf /home/hsal/app/*

USER hsal
# Training runs and downloads are stored in these folders; mount volumes there to preserve them.
ENV HSAL_RUNS=/home/hsal/runs HSAL_CACHE=/home/hsal/cache
RUN mkdir -p /home/hsal/runs /home/hsal/cache

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["hsal", "app", "--host", "0.0.0.0", "--port", "8501"]
