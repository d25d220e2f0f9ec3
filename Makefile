# popbench: the commands of a day's work. Each does the set-up it needs by itself.
#
#   make run [ARGS="..."]    build, then start the workbench
#   make build               build the release binary
#   make test                all tests
#   make test-fast           all tests but those of models, training and processes
#   make install [PREFIX=]   binary, themes, starter recipes and weights to PREFIX (/usr/local)
#   make uninstall [PREFIX=] take them away again; sessions stay
#   make format              put the sources into the house format
#   make lint                check the format, and that scripts are well-formed
#   make benchmark           time a training step beside PyTorch's
#   make setup               system packages and Swift only
#   make clean               remove everything that was built

PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
SWIFT ?= swift
# Whatever more the build is to be told: make build SWIFTFLAGS="--jobs 1"
SWIFTFLAGS ?=

BINARY = .build/release/popbench
SHARE = $(DESTDIR)$(PREFIX)/share/popbench
SOURCES = Sources Tests Package.swift

# What scripts/setup.sh finds or puts there: Swift, where it is not on the path already.
export PATH := $(PATH):$(HOME)/.local/share/swiftly/bin

.PHONY: run build test test-fast install uninstall format lint benchmark clean setup
.DEFAULT_GOAL := build

setup:
	@scripts/setup.sh

build: setup
	$(SWIFT) build -c release --product popbench $(SWIFTFLAGS)

run: build
	@$(BINARY) $(ARGS)

test: setup
	$(SWIFT) test -c release $(SWIFTFLAGS)

test-fast: setup
	$(SWIFT) test -c release $(SWIFTFLAGS) \
		--skip 'DiffusionModelsTests|TrainingEngineTests\.Training|PopbenchTests'

# No set-up here: it is the user that installs, often as root, what was built before.
install:
	@test -x $(BINARY) || { echo 'nothing to install yet: run `make build` first' >&2; exit 1; }
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)
	install -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/popbench
	scripts/install-share.sh $(SHARE)
	@if test -f docs/popbench.1; then \
		install -d $(DESTDIR)$(PREFIX)/share/man/man1 && \
		install -m 644 docs/popbench.1 $(DESTDIR)$(PREFIX)/share/man/man1/popbench.1; \
	fi

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/popbench $(DESTDIR)$(PREFIX)/share/man/man1/popbench.1
	rm -rf $(SHARE)

format: setup
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint: setup
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	@for script in .ci/run scripts/*.sh; do bash -n "$$script" || exit 1; done

benchmark: build
	@scripts/benchmark.sh

clean:
	rm -rf .build Benchmarks/.build
