#!/usr/bin/env bash
# Installs, under build/tools, the programs that tandem is tested against: Alembic with its
# drivers, pytest and pre-commit in a Python environment, the Supabase CLI and MCP server, squawk and JSON
# schemas from npm, JUnit's schema, and the throwaway PostgreSQL. Versions and hashes are pinned in this
# folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

here=$root/tests/setup
tools=$build/tools

python_tools() {
    local wanted
    wanted=$(digest "$here/requirements.txt")
    if fresh "$tools/venv/.stamp" "$wanted"; then
        say "test tools: Python ones are up to date in build/tools/venv"
        return
    fi
    say "test tools: installing Alembic, pytest, pre-commit into build/tools/venv"
    rm -rf "$tools/venv"
    quietly "$build/log/venv.log" python3 -m venv "$tools/venv"
    quietly "$build/log/pip.log" "$tools/venv/bin/python" -m pip install \
        --disable-pip-version-check --no-input --only-binary :all: --require-hashes \
        -r "$here/requirements.txt"
    printf '%s\n' "$wanted" >"$tools/venv/.stamp"
}

node_tools() {
    local wanted
    wanted=$(digest "$here/package.json" "$here/package-lock.json" "$here/tools.sh")
    if fresh "$tools/node/.stamp" "$wanted"; then
        say "test tools: Supabase CLI and schemas are up to date in build/tools/node"
        return
    fi
    say "test tools: installing the Supabase CLI, squawk and schemas into build/tools/node"
    mkdir -p "$tools/node"
    rm -f "$tools/node/.stamp"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$tools/node/"
    quietly "$build/log/node-tools.log" \
        npm --prefix "$tools/node" ci --ignore-scripts --no-audit --no-fund
    # Where npm would have put them, had the packages said that their programs are some.
    mkdir -p "$tools/node/node_modules/.bin"
    ln -sf ../@supabase/cli-linux-x64/bin/supabase "$tools/node/node_modules/.bin/supabase"
    ln -sf ../supabase-2/bin/supabase "$tools/node/node_modules/.bin/supabase-2"
    ln -sf ../@squawk-cli/linux-x64/bin/squawk "$tools/node/node_modules/.bin/squawk"
    printf '%s\n' "$wanted" >"$tools/node/.stamp"
}

# The schema of JUnit XML that Jenkins' xUnit plugin publishes lies in the source package of pytest,
# which tests its own reports with it.
junit_schema() {
    local wanted folder=$tools/schemas
    wanted=$(digest "$here/junit-schema.txt")
    if fresh "$folder/.stamp" "$wanted"; then
        say "test tools: JUnit's schema is up to date in build/tools/schemas"
        return
    fi
    say "test tools: fetching JUnit's schema into build/tools/schemas"
    rm -rf "$folder"
    mkdir -p "$folder"
    quietly "$build/log/junit-schema.log" "$tools/venv/bin/python" -m pip download \
        --disable-pip-version-check --no-input --no-deps --no-binary pytest --require-hashes \
        --dest "$folder" -r "$here/junit-schema.txt"
    tar -xzf "$folder"/pytest-*.tar.gz -C "$folder" --strip-components 3 --wildcards \
        '*/testing/example_scripts/junit-10.xsd'
    rm -f "$folder"/pytest-*.tar.gz
    printf '%s\n' "$wanted" >"$folder/.stamp"
}

python_tools
node_tools
junit_schema
"$here/server.sh" install
