# An image whose entry is terminal-sim: docker run --rm -v "$PWD:/work" terminal-sim run tests
FROM python:3.11-slim-bookworm

# Readers of the PC/SC service of the host are reached by its socket: -v /run/pcscd:/run/pcscd
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpcsclite1 libusb-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

COPY pyproject.toml README.md LICENSE /src/
COPY terminal_sim /src/terminal_sim
COPY drivers /src/drivers
COPY profiles /src/profiles
RUN pip install --no-cache-dir "/src[pytest,usb,hid]" && rm -rf /src

RUN useradd --create-home tester
USER tester
WORKDIR /work
ENTRYPOINT ["terminal-sim"]
CMD ["--help"]
