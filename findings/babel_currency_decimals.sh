#!/usr/bin/env bash
# Babel 2.19.0 has other decimal places than 2.18.0 for four currencies that are in use (CLDR 49 instead of 47): whoever
# keeps amounts as minor units and scales them by get_currency_precision() reads 2,500 forints as 250,000 after the
# upgrade, and 2,500 dinars as 25. ISO 4217 has two places for all four.
# Prints both tables where they differ; exits with 1 once they differ otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 2.18.0 2.19.0; do
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder/$version" "babel==$version"
  PYTHONPATH="$folder/$version" python3 - "$version" >"$folder/$version.txt" <<'PYTHON'
import sys

from babel import __version__
from babel.numbers import get_currency_precision, list_currencies

assert __version__ == sys.argv[1]
for currency in sorted(list_currencies("en")):
    print(currency, get_currency_precision(currency))
PYTHON
done

found=$(join "$folder/2.18.0.txt" "$folder/2.19.0.txt" | awk '$2 != $3 { print $1 ": " $2 " places in 2.18.0, " $3 " in 2.19.0" }')
echo "$found"
expected="COP: 2 places in 2.18.0, 0 in 2.19.0
HUF: 2 places in 2.18.0, 0 in 2.19.0
IDR: 2 places in 2.18.0, 0 in 2.19.0
RSD: 0 places in 2.18.0, 2 in 2.19.0"
[ "$found" = "$expected" ]
