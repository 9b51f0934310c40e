# swarm: Docker Swarm mode as one jar. `make` builds it, `make help` lists the rest.
# Needs a JDK 25 or newer (found by src/install/jdk.sh) and, for the tests, Maven to fetch JUnit.

PREFIX  ?= /usr/local
DESTDIR ?=
UNITDIR ?= $(PREFIX)/lib/systemd/system

ifeq ($(filter help clean uninstall,$(MAKECMDGOALS)),)
JDK := $(shell JDK_TOOL=javac; . src/install/jdk.sh && echo $$JDK)
ifeq ($(JDK),)
$(error no JDK to build with)
endif
endif

JAVA    := $(JDK)/bin/java
JAVAC   := $(JDK)/bin/javac -XDstringConcat=inline -Xlint:all -Werror -proc:none -encoding UTF-8
CLASSES := build/classes
TESTS   := build/test-classes
SOURCES := $(shell find src -name '*.java')
TESTED  := $(shell find test -name '*.java')

JUNIT_VERSION := 1.13.4
JUNIT_SHA256  := 3fdfc37e29744a9a67dd5365e81467e26fbde0b7aa204e6f8bbe79eeaa7ae892
JUNIT_ID      := org.junit.platform:junit-platform-console-standalone:$(JUNIT_VERSION)
JUNIT_NAME    := junit-platform-console-standalone-$(JUNIT_VERSION).jar
CACHE         := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/swarm
JUNIT         := $(CACHE)/$(JUNIT_NAME)

# How a test class is run: against the classes and the jar, knowing where the tree is.
ON_PATH = $(JAVA) -Xshare:auto -cp $(CLASSES):$(TESTS):$(JUNIT) \
	-Dtest.dir=$(CURDIR)/test -Dswarm.jar=$(CURDIR)/swarm.jar
RUN     = $(ON_PATH) run.Run
APART  := sh test/run/world.sh

.PHONY: all help lab lab-down test e2e sim crashes mutants bench tidy man examples install uninstall clean
.DELETE_ON_ERROR:

all: swarm.jar            ## make ./swarm.jar (the default); the same sources give the same bytes

help:                     ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

lab: swarm.jar            ## start a swarm on this machine, show a task killed and replaced
	@JAVA=$(JAVA) sh examples/lab.sh up

lab-down:                 ## stop what `make lab` started and remove its files
	@JAVA=$(JAVA) sh examples/lab.sh down

test: build/tests.stamp   ## every test but the long ones, in less than three minutes
	@$(APART) $(RUN) quick

e2e: build/tests.stamp    ## the long tests: real daemons, real engine, crashes, strace
	@$(APART) $(RUN) long

# Campaigns, by hand; the tests have a short round of each. The words are judged by the programs.
sim: build/tests.stamp    ## simulate clusters: make sim WORLD=cluster SEED=1 N=100
	@$(ON_PATH) sim.Simulate '$(SEED)' '$(N)' '$(WORLD)'

crashes: build/tests.stamp ## kill real daemons under load: make crashes SEED=1 N=200
	@$(ON_PATH) e2e.CrashCampaign '$(SEED)' '$(N)'

mutants: build/tests.stamp ## plant known bugs, or NAME's: the simulator must catch every one
	@$(ON_PATH) sim.Mutants '$(NAME)'

bench: build/tests.stamp  ## run the benchmarks, or one of them: make bench NAME=cli
	@$(WORLD) $(ON_PATH) bench.Bench '$(NAME)'

tidy: build/tests.stamp   ## check the style guide and the purity of the core
	@$(RUN) tidy.TidyTest tidy.PurityTest

man:                      ## check that the manual pages format without a warning
	@for page in man/*.[1-9]; do \
		MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$$page" 2>&1 >/dev/null \
		| sed "s|^|$$page: |" | grep . && exit 1; \
	done; echo "manual pages: $$(ls man/*.[1-9] | wc -l), no warnings"

examples: build/tests.stamp ## run the commands of README.md, the manual pages and examples/
	@$(APART) $(RUN) e2e.ReadmeTest

# The jar: class files in sorted order with one fixed date, so that equal sources give equal bytes.
# Main is compiled for Java 8, last, so that an old Java can read it and say what is missing.
swarm.jar: $(SOURCES) Makefile
	@rm -rf $(CLASSES) && mkdir -p $(CLASSES)
	@$(JAVAC) --release 25 -d $(CLASSES) $(filter-out src/swarm/Main.java,$(SOURCES))
	@$(JAVAC) --release 8 -Xlint:-options -d $(CLASSES) -cp $(CLASSES) src/swarm/Main.java
	@printf 'Main-Class: swarm.Main\nCreated-By: make\n' > build/manifest
	@cd $(CLASSES) && find . -name '*.class' | sed 's|^\./||' | LC_ALL=C sort > ../entries
	@cd $(CLASSES) && $(JDK)/bin/jar --create --file ../swarm.jar --date=2000-01-01T00:00:00Z \
		--manifest ../manifest @../entries
	@mv build/swarm.jar $@
	@echo "made swarm.jar: $$(wc -c < $@) bytes, with $(JDK)"

build/tests.stamp: swarm.jar $(TESTED) $(JUNIT)
	@rm -rf $(TESTS) && mkdir -p $(TESTS)
	@$(JAVAC) --release 25 -d $(TESTS) -cp $(CLASSES):$(JUNIT) $(TESTED)
	@touch $@

$(JUNIT):
	@mkdir -p $(CACHE)/new
	JAVA_HOME=$(JDK) mvn -q -B dependency:copy -Dartifact=$(JUNIT_ID) -DoutputDirectory=$(CACHE)/new
	@echo "$(JUNIT_SHA256)  $(CACHE)/new/$(JUNIT_NAME)" | sha256sum --check --quiet
	@mv $(CACHE)/new/$(JUNIT_NAME) $@ && rmdir $(CACHE)/new

install: swarm.jar        ## install jar, launcher, systemd unit and manual under PREFIX
	install -d $(DESTDIR)$(PREFIX)/lib/swarm $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(UNITDIR)
	install -m 644 swarm.jar src/install/jdk.sh $(DESTDIR)$(PREFIX)/lib/swarm
	sed 's|@LIB@|$(PREFIX)/lib/swarm|' src/install/swarm.sh > $(DESTDIR)$(PREFIX)/bin/swarm
	chmod 755 $(DESTDIR)$(PREFIX)/bin/swarm
	sed 's|@BIN@|$(PREFIX)/bin|' src/install/swarm.service > $(DESTDIR)$(UNITDIR)/swarm.service
	for page in $(wildcard man/*.[1-9]); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/}; \
	done

uninstall:                ## remove what `make install` put there
	rm -rf $(DESTDIR)$(PREFIX)/lib/swarm
	rm -f $(DESTDIR)$(PREFIX)/bin/swarm $(DESTDIR)$(UNITDIR)/swarm.service
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man*/%,$(wildcard man/*.[1-9]))

clean:                    ## remove what the build made
	rm -rf build swarm.jar
