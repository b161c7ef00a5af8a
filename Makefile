# The few commands that a person types. Each is one script.
.PHONY: setup demo test bench bench-book bench-bridge bench-inference docs fuzz soak sanitize miri
setup: ; @scripts/setup
demo: ; @scripts/demo
test: ; @scripts/test
bench: ; @scripts/bench
bench-book: ; @scripts/bench book
bench-bridge: ; @scripts/bench-bridge
bench-inference: ; @scripts/bench-inference
docs: ; @scripts/docs
fuzz: ; @scripts/fuzz
soak: ; @scripts/soak
sanitize: ; @scripts/sanitize
miri: ; @scripts/miri
