# The habitual words; Meson does the work.
BUILD ?= build
PREFIX ?= /usr/local

.PHONY: all setup demo test check bench install clean
all: setup
	@[ -f $(BUILD)/build.ninja ] || meson setup $(BUILD) --prefix $(PREFIX) >/dev/null
	@ninja -C $(BUILD) --quiet

setup:
	@tools/setup

demo: all
	@$(BUILD)/kakuho demo demo

test: all
	@tools/run-tests $(BUILD)

check: all
	@tools/setup --checks
	@tools/check

bench: all
	@tools/bench $(BUILD)

install: all
	@meson install -C $(BUILD)

clean:
	@rm -rf $(BUILD) build-*
