#!/usr/bin/env bash
# Fetches the foreign libraries that tests/interop runs against, each pinned by its lock file, into folders inside the
# repository that git ignores. Does nothing when they are there already. scripts/test-tools provides the toolchains.
set -eu
cd "$(dirname "$0")"

here=$PWD
store=$here/.installed
wanted=$(cat install.sh verify/node/package-lock.json verify/python/requirements.txt verify/go/go.sum \
    verify/java/pom.xml relying_party/node/package-lock.json relying_party/python/requirements.txt \
    axe/package-lock.json smtp/requirements.txt | sha256sum)
[ "$(cat "$store/done" 2>/dev/null)" = "$wanted" ] && exit 0
rm -rf "$store/done"
mkdir -p "$store"

export npm_config_cache=$store/npm-cache
for folder in verify/node relying_party/node axe; do
    (cd $folder && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
done

python3 -m venv --clear "$store/venv"
for folder in verify/python relying_party/python smtp; do
    "$store/venv/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check --require-hashes \
        -r $folder/requirements.txt
done

# GOPATH too: Go keeps the state of its checksum database there.
export GOPATH=$store/go GOMODCACHE=$store/go-modules GOCACHE=$store/go-build GOFLAGS=-modcacherw
(cd verify/go && go mod download && go build -o "$store/verify-go" verify.go)

(cd verify/java && mvn --quiet --batch-mode -Dmaven.repo.local="$store/maven" \
    dependency:copy-dependencies -DoutputDirectory="$store/java-lib")

echo "$wanted" >"$store/done"
