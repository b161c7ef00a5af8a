# The few commands that a person types. Each is one script.
.PHONY: setup demo test bench bench-book bench-inference docs fuzz soak sanitize miri
setup: ; @scripts/setup
demo: ; @scripts/demo
test: ; @scripts/test
bench: ; @scripts/bench
bench-book: ; @scripts/bench book
bench-inference: ; @scripts/bench-inference
docs: ; @scripts/docs
fuzz: ; @scripts/fuzz
soak: ; @scripts/soak
sanitize: ; @scripts/sanitize
miri: ; @scripts/miri
